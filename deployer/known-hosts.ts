/** Pinned host keys: one known_hosts file a server, kept from the first time they were read from its console. */
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

  has(serverId: string): boolean {
    return existsSync(this.file(serverId));
  }

  /** Keeps a server's keys for good. Throws when others are pinned already. */
  pin(serverId: string, serverName: string, keys: readonly HostKey[]): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const file = this.file(serverId);
    const part = `${file}.${process.pid}`;
    writeFileSync(part, knownHostsText(serverId, keys), { mode: 0o600 });
    try {
      // Unlike a rename this never replaces what another process pinned at the same moment.
      linkSync(part, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      this.compare(serverId, serverName, keys);
    } finally {
      rmSync(part, { force: true });
    }
  }

  /** Forgets a server that is gone. */
  forget(serverId: string): void {
    rmSync(this.file(serverId), { force: true });
  }

  private compare(serverId: string, serverName: string, keys: readonly HostKey[]): void {
    const file = this.file(serverId);
    const pinned = new Map(knownHostsKeys(readFileSync(file, "utf8")).map(({ type, key }) => [type, key]));
    const changed = keys.filter(({ type, key }) => pinned.has(type) && pinned.get(type) !== key);
    if (changed.length === 0) return;
    const types = changed.map(({ type }) => type).join(", ");
    throw new UserError(
      `${serverName}: its console tells other host keys (${types}) than those pinned in ${file}; ` +
        `if you know why they changed, remove that file`,
    );
  }
}

function knownHostsKeys(text: string): HostKey[] {
  return text.split("\n").flatMap((line) => {
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
}

/** The host keys from a server's console, an authenticated channel. Throws a UserError when none come in time. */
export async function hostKeysFromConsole(
  session: Session,
  server: { readonly id: string; readonly name: string },
  { timeout, interval = 2000, signal }: ConsoleWait,
): Promise<HostKey[]> {
  const end = Date.now() + timeout;
  for (;;) {
    const log = await consoleOutput(session, server.id);
    const keys = hostKeysIn(log);
    if (keys.length > 0) return keys;
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
