/** What user data is put together from. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** roles/<name>.yaml with the values of its placeholders. */
export interface RolePart {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Text of a file in files/: what is too long for a line of YAML. */
export function file(name: string): string {
  return readFileSync(join(__dirname, "files", name), "utf8");
}
