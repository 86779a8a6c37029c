/** Pinned host keys: one known_hosts file a server, kept from the first time they were read from its console. */
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hostKeysIn, knownHostsText, type HostKey } from "../model/host-keys";
import { consoleOutput } from "../openstack/nova";
import type { Session } from "../openstack/session";
import { pause } from "./pause";
import { UserError } from "./user-error";

export class KnownHosts {
  /** @param directory of the home; files in it are named by server id */
  constructor(private readonly directory: string) {}

  /** The server's known_hosts file, there or not. */
  file(serverId: string): string {
    return path.join(this.directory, serverId);
  }

  /** The pinned keys; none before the first time. */
  keys(serverId: string): HostKey[] {
    return existsSync(this.file(serverId)) ? knownHostsKeys(readFileSync(this.file(serverId), "utf8")) : [];
  }

  /**
   * Whether keys are pinned for this life of the server.
   * @param launched Nova's time of its last launch: a rebuild begins another life, with other keys
   */
  has(serverId: string, launched: string): boolean {
    return this.launched(serverId) === launched;
  }

  /** Keeps a server's keys for as long as this life of it. Throws when others are pinned for the same life. */
  pin(server: { readonly id: string; readonly name: string }, launched: string, keys: readonly HostKey[]): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const file = this.file(server.id);
    const part = `${file}.${process.pid}`;
    writeFileSync(part, `${LAUNCHED}${launched}\n${knownHostsText(server.id, keys)}`, { mode: 0o600 });
    try {
      const before = this.launched(server.id);
      if (before !== undefined && before !== launched) renameSync(part, file);
      // Unlike a rename this never replaces what another process pinned at the same moment.
      else linkSync(part, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      this.compare(server, keys);
    } finally {
      rmSync(part, { force: true });
    }
  }

  /** Forgets a server that is gone. */
  forget(serverId: string): void {
    rmSync(this.file(serverId), { force: true });
  }

  private launched(serverId: string): string | undefined {
    if (!existsSync(this.file(serverId))) return undefined;
    const [first = ""] = readFileSync(this.file(serverId), "utf8").split("\n");
    return first.startsWith(LAUNCHED) ? first.slice(LAUNCHED.length) : "";
  }

  private compare({ id, name }: { readonly id: string; readonly name: string }, keys: readonly HostKey[]): void {
    const pinned = new Map(this.keys(id).map(({ type, key }) => [type, key]));
    const changed = keys.filter(({ type, key }) => pinned.has(type) && pinned.get(type) !== key);
    if (changed.length === 0) return;
    const types = changed.map(({ type }) => type).join(", ");
    throw new UserError(
      `${name}: its console tells other host keys (${types}) than those pinned in ${this.file(id)}; ` +
        `if you know why they changed, remove that file`,
    );
  }
}

/** First line of a known_hosts file of ours: when the server began the life that the keys are of. */
const LAUNCHED = "# launched ";

function knownHostsKeys(text: string): HostKey[] {
  return text.split("\n").flatMap((line) => {
    if (line.startsWith("#")) return [];
    const [, type, key] = line.trim().split(/\s+/);
    return type !== undefined && key !== undefined ? [{ type, key }] : [];
  });
}

export interface ConsoleWait {
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds between two looks. @default 2000 */
  readonly interval?: number;
  readonly signal?: AbortSignal | undefined;
  /** Keys of the server's life before, which its console may still tell. @default - none */
  readonly unlike?: readonly HostKey[];
}

/** The host keys from a server's console, an authenticated channel. Throws a UserError when none come in time. */
export async function hostKeysFromConsole(
  session: Session,
  server: { readonly id: string; readonly name: string },
  { timeout, interval = 2000, signal, unlike = [] }: ConsoleWait,
): Promise<HostKey[]> {
  const end = Date.now() + timeout;
  for (;;) {
    const log = await consoleOutput(session, server.id);
    const keys = hostKeysIn(log);
    if (keys.length > 0 && !keys.some(({ key }) => unlike.some((one) => one.key === key))) return keys;
    if (Date.now() + interval > end) {
      const last = log.trim().split("\n").at(-1)?.trim().slice(-160) ?? "";
      throw new UserError(
        `${server.name}: no SSH host keys on its console after ${Math.round(timeout / 1000)} s (its last line: ${last || "none"}); ` +
          `the image must have cloud-init, which prints them once at the first boot`,
      );
    }
    await pause(interval, signal);
  }
}

/**
 * The keys of a server that began another life: its new ones, or the former, which a resized server keeps and does not
 * print again. Only its showing them proves that: it may just as well be in the middle of somebody's rebuild.
 * @param look finds keys that are not the former on its console; rejects when there are none yet
 * @param shown rejects unless the server shows the former keys
 */
export async function newOrShownKeys(
  former: readonly HostKey[],
  look: () => Promise<readonly HostKey[]>,
  shown: () => Promise<void>,
): Promise<readonly HostKey[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await shown();
    return former;
  }
}
