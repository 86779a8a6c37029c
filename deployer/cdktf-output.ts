/** What of cdktf's output is worth a line on the terminal. Pure. */

export interface LineMemory {
  /** Within an error that Terraform tells. */
  error: boolean;
}

/** The text to show, without cdktf's and Terraform's own prefixes; undefined for what only the log keeps. */
export function interestingLine(
  raw: string,
  stack: string,
  { verbose, memory }: { readonly verbose: boolean; readonly memory: LineMemory },
): string | undefined {
  const plain = withoutColour(raw).trimEnd();
  // The stack's name stands before the first line of a batch, blanks before the others.
  const line = (plain.startsWith(`${stack} `) ? plain.slice(stack.length) : plain).trimStart();
  const said = /^\S+(?: \([^)]*\))? \(local-exec\): ?(.*)$/.exec(line)?.[1];
  if (said !== undefined) return said.startsWith("Executing: [") ? undefined : said;
  if (/^[\s│╷╵]*Error:/.test(line)) memory.error = true;
  if (memory.error && /^\s*╵/.test(line)) memory.error = false;
  if (memory.error) {
    const text = line.replace(/^[│╷]\s?/, "").trimEnd();
    return text === "" || text === "╷" ? undefined : text;
  }
  if (verbose) return line;
  const [, name, what, took] =
    /^\S+ \(([^)]*)\): (Creation|Destruction|Modifications) complete after (\S+)/.exec(line) ?? [];
  if (name !== undefined && what !== undefined)
    return `${DONE[what] ?? what} ${name.replace(/\/Resource$/, "")} (${took ?? ""})`;
  return /^(Apply complete|Destroy complete|No changes)/.test(line) ? line : undefined;
}

const DONE: Readonly<Record<string, string>> = { Creation: "made", Destruction: "removed", Modifications: "changed" };

function withoutColour(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");
}
