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
  const plain = withoutColour(raw);
  const line = plain.startsWith(`${stack} `) ? plain.slice(stack.length).trimStart() : plain.trimEnd();
  const said = /^\S+ \((?:local-exec|remote-exec)\): ?(.*)$/.exec(line)?.[1];
  if (said !== undefined) return said.startsWith("Executing: [") ? undefined : said;
  if (/^[\s│╷╵]*Error:/.test(line)) memory.error = true;
  if (memory.error && /^\s*╵/.test(line)) memory.error = false;
  if (memory.error) {
    const text = line.replace(/^[│╷]\s?/, "").trimEnd();
    return text === "" || text === "╷" ? undefined : text;
  }
  if (verbose) return line;
  if (/: (Creation|Destruction|Modifications) complete after /.test(line)) return line.replace(/ \[id=.*\]$/, "");
  return /^(Apply complete|Destroy complete|No changes)/.test(line) ? line : undefined;
}

function withoutColour(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");
}
