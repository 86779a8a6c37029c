/** What commands share. */

/** Ends the program with this status; everything has been said. */
export class ExitStatus extends Error {
  constructor(readonly status: number) {
    super(`exit status ${status}`);
    this.name = "ExitStatus";
  }
}

/** A line for people, on standard output. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function sayAll(lines: readonly string[]): void {
  lines.forEach(say);
}

/** A document for programs, on standard output. */
export function sayJson(value: unknown): void {
  say(JSON.stringify(value, null, 2));
}
