/** The question before something that can't be taken back. */
import { createInterface } from "node:readline/promises";
import { UserError } from "../deployer/user-error";

/** Asks at the terminal. Throws a UserError where there is none. */
export async function confirmed(what: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UserError(`${what}; say that it shall be so: --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${what}. Go on? [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
