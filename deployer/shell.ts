/** POSIX shell quoting, for commands that go through a remote shell. */

/** One word for a POSIX shell. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line from words. */
export function commandLine(words: readonly string[]): string {
  return words.map(quote).join(" ");
}
