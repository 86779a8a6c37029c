const start = Date.now();

/** A line for people who watch: jest itself is silent until a whole file is done. */
export function say(line: string): void {
  const seconds = ((Date.now() - start) / 1000).toFixed(0).padStart(5);
  process.stderr.write(`[${seconds} s] ${line}\n`);
}
