/** SSH host keys as cloud-init prints them on a console. Pure. */

export interface HostKey {
  /** ssh-ed25519, ecdsa-sha2-nistp256, ssh-rsa, … */
  readonly type: string;
  /** Base64. */
  readonly key: string;
}

const BEGIN = "-----BEGIN SSH HOST KEY KEYS-----";
const END = "-----END SSH HOST KEY KEYS-----";
const KEY = /(?:^|[\s:\]])((?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521))) ([A-Za-z0-9+/]+={0,2})(?=\s|$)/;

/**
 * The host keys that a console log tells; empty while they are not all printed. After a reboot that made new ones the
 * last block counts. A log whose beginning was cut off may lack the first line: whole keys before the end mark count.
 */
export function hostKeysIn(consoleLog: string): HostKey[] {
  const lines = consoleLog.split(/\r?\n|\r/);
  const end = lines.findLastIndex((line) => line.includes(END));
  if (end < 0) return [];
  const begin = lines.slice(0, end).findLastIndex((line) => line.includes(BEGIN));
  const found = lines.slice(begin + 1, end).flatMap((line) => {
    const [, type, key] = KEY.exec(line) ?? [];
    return type !== undefined && key !== undefined && isWhole(type, key) ? [{ type, key }] : [];
  });
  return found.filter((one, index) => found.findLastIndex((other) => other.type === one.type) === index);
}

/**
 * Whether a key's bytes are all there and of its type: other lines may have been printed into the middle of one.
 * The wire format is a sequence of length-prefixed fields of which the first is the type's name.
 */
function isWhole(type: string, key: string): boolean {
  const bytes = Buffer.from(key, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== key.replace(/=+$/, "")) return false;
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) return false;
    fields.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const count = type === "ssh-ed25519" ? 2 : 3;
  return at === bytes.length && fields.length === count && fields[0]?.toString("latin1") === type;
}

/** The lines of a known_hosts file. */
export function knownHostsText(alias: string, keys: readonly HostKey[]): string {
  return keys.map(({ type, key }) => `${alias} ${type} ${key}\n`).join("");
}
