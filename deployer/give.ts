/** Puts what a role is handed over into place on its node. Secrets go by standard input, and are kept encrypted there. */
import type { Handover } from "./roles/role";
import { quote } from "./shell";
import type { SshHost } from "./ssh";

/** Where systemd looks for encrypted credentials. */
export const CREDENTIALS = "/etc/credstore.encrypted";

export async function give(host: SshHost, { credentials = [], files = [], restart = [] }: Handover): Promise<void> {
  if (credentials.length > 0) await host.asRoot(`install -d -m 0700 ${CREDENTIALS}`);
  for (const { name, content } of credentials) {
    const [file, part] = [quote(`${CREDENTIALS}/${name}`), quote(`${CREDENTIALS}/.${name}.part`)];
    // The key is the node's own, or its TPM's where it has one; it says so on stderr when no medium is encrypted.
    await host.asRoot(
      `set -eu; umask 077; systemd-creds encrypt --quiet --with-key=auto --name=${quote(name)} - ${part} 2>&1; mv ${part} ${file}`,
      { stdin: content },
    );
  }
  for (const { path, content, mode = "0644", owner = "root:root" } of files) {
    await host.asRoot(`install -d -m 0755 ${quote(path.slice(0, path.lastIndexOf("/")))}`);
    await host.putFile(path, content, mode, owner);
  }
  if (restart.length === 0) return;
  await host.asRoot("systemctl daemon-reload");
  for (const unit of restart)
    await host.asRoot(
      `systemctl restart ${quote(unit)} || { journalctl --no-pager --quiet --lines 15 --output cat --unit ${quote(unit)} >&2; exit 1; }`,
      { timeout: 600_000 },
    );
}
