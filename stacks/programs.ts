/** Programs that nodes are handed over: their sources, as one hash, tell Terraform when to hand them over again. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders of this repository that a program is made of. */
export function sourcesDigest(...folders: readonly string[]): string {
  const hash = createHash("sha256");
  for (const folder of folders) {
    const directory = join(__dirname, "..", folder);
    for (const name of readdirSync(directory).sort())
      if (name.endsWith(".ts")) hash.update(`${folder}/${name}\0`).update(readFileSync(join(directory, name)));
  }
  return hash.digest("hex");
}
