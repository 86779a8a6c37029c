/** Puts what a role is handed over into place on its node. Secrets go by standard input, and are kept encrypted there. */
import { giveArchive } from "./give-archive";
import type { Handover, NodeDirectory } from "./roles/role";
import { quote } from "./shell";
import type { SshHost } from "./ssh";

/** Where systemd looks for encrypted credentials. */
export const CREDENTIALS = "/etc/credstore.encrypted";

export async function give(host: SshHost, handover: Handover): Promise<void> {
  const { credentials = [], files = [], archives, directories = [], restart = [], settled } = handover;
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
  await archives?.((archive) => giveArchive(host, archive));
  for (const directory of directories) await giveDirectory(host, directory);
  if (restart.length > 0) await host.asRoot("systemctl daemon-reload");
  for (const unit of restart)
    await host.asRoot(
      `systemctl restart ${quote(unit)} || { journalctl --no-pager --quiet --lines 15 --output cat --unit ${quote(unit)} >&2; exit 1; }`,
      { timeout: 600_000 },
    );
  await settled?.();
}

async function giveDirectory(host: SshHost, { path, owner, mode, fileMode, files }: NodeDirectory): Promise<void> {
  const [user = "root", group = user] = owner.split(":");
  await host.asRoot(`install -d -m ${mode} -o ${quote(user)} -g ${quote(group)} ${quote(path)}`);
  for (const { name, content } of files) await host.putFile(`${path}/${name}`, content, fileMode, owner);
  const others = files.map(({ name }) => `! -name ${quote(name)}`).join(" ");
  await host.asRoot(`find ${quote(path)} -mindepth 1 -maxdepth 1 ${others} -exec rm -rf {} +`);
}
