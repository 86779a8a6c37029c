/** The secrets of a running build and of its deployer, read where they are meant to be. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { FactoryRun } from "./factory-run";
import type { Nodes } from "./nodes";
import type { Secret } from "./secrets";

/** Everything secret in a build host's tmpfs right now. */
export async function secretsOnHost(nodes: Nodes, build: string): Promise<Secret[]> {
  const list = await nodes.must(build, "sudo find /run/factory -type f -printf '%p\\n'");
  const files = list.split("\n").filter((file) => file !== "" && !/gnupg\/(trustdb|pubring|\.#|.*\.lock$)/.test(file));
  const found: Secret[] = [];
  for (const file of files) {
    const text = (await nodes.ssh(build, `sudo cat ${file}`)).stdout;
    const what = `${build}:${file}`;
    found.push(...(file.endsWith(".json") ? secretsInJson(what, JSON.parse(text)) : keyLines(what, text)));
  }
  return found;
}

/** Private keys of the deployer: for SSH and for signing. */
export function deployerSecrets(run: FactoryRun): Secret[] {
  const ssh = path.join(run.home, "ssh", "id_ed25519");
  const gnupg = path.join(run.home, "gnupg", "private-keys-v1.d");
  const keys = existsSync(gnupg) ? readdirSync(gnupg).filter((name) => name.endsWith(".key")) : [];
  if (keys.length === 0) throw new Error(`${gnupg}: there is no signing key`);
  return [
    ...keyLines("the deployer's SSH key", readFileSync(ssh, "utf8")),
    ...keys.map((name) => ({ what: "the signing key", value: secretNumber(readFileSync(path.join(gnupg, name))) })),
  ];
}

/** Values of a JSON document that its keys call secret. */
export function secretsInJson(what: string, value: unknown, key = ""): Secret[] {
  if (typeof value === "string") return /secret|password|token|passphrase/i.test(key) ? [{ what, value }] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => secretsInJson(what, inner, name));
}

/** The lines of a private key, without those that every key of its kind has; none for anything else. */
function keyLines(what: string, text: string): Secret[] {
  if (!/PRIVATE KEY/.test(text)) return [];
  const lines = text.split("\n").filter((line) => line.length > 20 && !line.startsWith("-----"));
  // OpenSSH's format begins with its own name and the empty names of cipher and key derivation.
  return lines.slice(1).map((value) => ({ what, value }));
}

/** The secret number in a file of gpg-agent's: `(d #…#)` in its newer form, `(1:d32:…)` in the older. */
function secretNumber(file: Buffer): Buffer {
  const hex = /\(d\s+#([0-9A-Fa-f\s]+)#\)/.exec(file.toString("latin1"))?.[1];
  if (hex !== undefined) return Buffer.from(hex.replace(/\s/g, ""), "hex");
  const old = /\(1:d(\d+):/.exec(file.toString("latin1"));
  if (!old?.[1]) throw new Error("the signing key's file has no secret number that could be looked for");
  const start = old.index + old[0].length;
  return file.subarray(start, start + Number(old[1]));
}
