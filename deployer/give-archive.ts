/** Puts a tree into place on a node, under its content's hash; nothing is sent that is there already. */
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { NodeArchive } from "./roles/role";
import { quote } from "./shell";
import type { SshHost } from "./ssh";

/** Milliseconds: some hundred megabytes through the jump host. */
const SENDING = 15 * 60_000;

/** How many trees stay: a command that still runs loads from the one before. */
const KEPT = 2;

/** The archive goes through as a stream: it is never held in memory or on this machine's disk. */
export async function giveArchive(host: SshHost, { path, pack }: NodeArchive): Promise<void> {
  const hash = await hashOf(pack());
  const [tree, part] = [`${path}/${hash}`, `${path}/.${hash}.part`].map(quote);
  const there = await host.asRoot(`[ -d ${tree} ] && echo there || true`);
  if (there.trim() !== "there") {
    const packed = pack();
    const sent = packed.stdout?.pipe(createGzip({ level: 1 }));
    const script = `set -eu; umask 022; rm -rf ${part}; mkdir -p ${part}
      mkfifo ${part}.pipe; trap 'rm -f ${part}.pipe ${part}.sum' EXIT
      sha256sum <${part}.pipe >${part}.sum & gzip -dc | tee ${part}.pipe | tar --extract --directory ${part} --no-same-owner
      wait; read -r sum rest <${part}.sum
      [ "$sum" = ${hash} ] || { echo "the archive did not arrive whole" >&2; rm -rf ${part}; exit 1; }
      mv -T ${part} ${tree}`;
    await Promise.all([host.asRoot(script, { stdin: sent, timeout: SENDING }), ended(packed)]);
  }
  // the one in use is the newest
  await host.asRoot(`set -eu; cd ${quote(path)}; touch ${hash}; ln -sfn ${hash} .current; mv -T .current current
    find . -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\\n' | sort -rn | tail -n +${KEPT + 1} | cut -d " " -f 2 | xargs -r rm -rf`);
}

async function hashOf(packed: ChildProcess): Promise<string> {
  const hash = createHash("sha256");
  if (!packed.stdout) throw new Error("the archive has no output");
  await Promise.all([pipeline(packed.stdout, hash), ended(packed)]);
  return hash.digest("hex");
}

async function ended(packed: ChildProcess): Promise<void> {
  const [code] = (await once(packed, "close")) as [number | null];
  if (code !== 0) throw new Error(`${packed.spawnfile}: exit status ${String(code)}`);
}
