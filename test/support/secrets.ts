/** Looking for secrets where none may be: in files and texts, as they are and as they may have been written down. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export interface Secret {
  /** Whose it is; what a finding says. Never the value. */
  readonly what: string;
  readonly value: string | Buffer;
}

/** A shorter value would be found by chance. */
const SHORTEST = 12;

/** The forms that a secret may be written down in. */
export function forms(value: string | Buffer): string[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString("hex");
  const encoded = [hex, hex.toUpperCase(), ...base64Forms(bytes)];
  if (typeof value !== "string") return encoded;
  return [...new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), ...encoded])];
}

/**
 * What of a secret's base64 is the same whatever surrounds it: it may begin at any of the three positions of a group,
 * and the characters at both ends hold bits of the neighbours.
 */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replaceAll("=", "");
    const front = shift === 0 ? 0 : shift + 1;
    const whole = (shift + bytes.length) % 3 === 0;
    return text.slice(front, whole ? undefined : -1);
  });
}

export class SecretHunt {
  private readonly secrets = new Map<string, Secret>();

  add(...secrets: readonly Secret[]): void {
    for (const secret of secrets) {
      if (secret.value.length < SHORTEST) throw new Error(`${secret.what}: too short to be looked for`);
      this.secrets.set(Buffer.from(secret.value).toString("hex"), secret);
    }
  }

  /** What the secrets are, without their values. */
  get names(): string[] {
    return [...new Set([...this.secrets.values()].map(({ what }) => what))].sort();
  }

  get all(): readonly Secret[] {
    return [...this.secrets.values()];
  }

  get count(): number {
    return this.secrets.size;
  }

  /** Which secrets a text holds, as `<where>: <whose>` lines. */
  inText(where: string, text: string): string[] {
    const found = [...this.secrets.values()].filter(({ value }) => forms(value).some((form) => text.includes(form)));
    return found.map(({ what }) => `${where}: ${what}`);
  }

  /** The same for a server's user data: also inside of what is compressed or encoded in it. */
  inUserData(where: string, base64: string): string[] {
    const text = userDataText(base64);
    const parts = text.match(/[A-Za-z0-9+/=\n]{40,}/g) ?? [];
    const inner = parts.map((part) => decoded(part)).join("\n");
    return [...new Set([...this.inText(where, text), ...this.inText(where, inner)])];
  }

  /**
   * The same for all files below some directories (links are not followed).
   * @param needles where to write what is looked for, readable by nobody else: a command line would itself be seen
   */
  async inFiles(directories: readonly string[], needles: string): Promise<string[]> {
    const all = [...this.secrets.values()].flatMap(({ value }) => forms(value));
    if (all.some((form) => form.includes("\n")))
      throw new Error("a secret of several lines has to be added line by line");
    writeFileSync(needles, `${all.join("\n")}\n`, { mode: 0o600 });
    const files = await grep(["-rlaF", "-f", needles, "--", ...directories]);
    return files.flatMap((file) => {
      const found = this.inText(file, readFileSync(file, "latin1"));
      return found.length > 0 ? found : [`${file}: a secret`];
    });
  }
}

/** User data as its server gets it. */
export function userDataText(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  return (isGzip(bytes) ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** What looks like a secret whoever's it is: a private key, a token of Keystone. */
const LOOKS_SECRET = "-----BEGIN [A-Z ]*PRIVATE KEY|gAAAAA[A-Za-z0-9_-]{80,}";

/** Files below these directories that hold what looks like a secret. */
export function suspiciousFiles(directories: readonly string[]): Promise<string[]> {
  return grep(["-rlaE", "-e", LOOKS_SECRET, "--", ...directories]);
}

/** Names of the files that grep finds something in. Its exit status 1 means nothing found, 2 that it could not look. */
function grep(args: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const options = { env: { LC_ALL: "C", PATH: process.env["PATH"] }, maxBuffer: 1 << 24 };
    execFile("grep", args, options, (error, stdout, stderr) => {
      if (error && error.code !== 1) reject(new Error(`grep: ${stderr.trim()}`, { cause: error }));
      else resolve(stdout.split("\n").filter((line) => line !== ""));
    });
  });
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

function decoded(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  try {
    return (isGzip(bytes) ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch {
    return bytes.toString("utf8");
  }
}
