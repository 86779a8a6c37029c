/** What of cdktf's output is worth a line on the terminal. Pure. */
import { isLockedLine } from "./states/lock-message";

export interface LineMemory {
  /** Within an error that Terraform tells: to be shown, known already, or about the state's lock. */
  error: "none" | "shown" | "known" | "lock";
  /** What was said about a lock that could not be had: one line of ours, or Terraform's error. */
  lock?: readonly string[];
}

/** The text to show, without cdktf's and Terraform's own prefixes; undefined for what only the log keeps. */
export function interestingLine(
  raw: string,
  stack: string,
  { verbose, memory }: { readonly verbose: boolean; readonly memory: LineMemory },
): string | undefined {
  const plain = withoutColour(raw).trimEnd();
  // The stack's name stands before the first line of a batch, blanks before the others.
  const begins = plain.startsWith(`${stack} `);
  const line = (begins ? plain.slice(stack.length) : plain).trimStart();
  if (begins || FOOTER.test(line)) memory.error = "none";
  if (isLockedLine(line)) {
    memory.lock = [line];
    return verbose ? line : undefined;
  }
  const said = /^\S+(?: \([^)]*\))? \(local-exec\): ?(.*)$/.exec(line)?.[1];
  if (said !== undefined) return said.startsWith("Executing: [") ? undefined : said;
  if (/^[│╷╵\s]*Error:/.test(line)) memory.error = kindOf(line);
  if (memory.error === "lock" && !isLockedLine(memory.lock?.[0] ?? "")) {
    const text = withoutFrame(line);
    if (text !== undefined) memory.lock = [...(memory.lock ?? []), text];
  }
  if (memory.error !== "none") return memory.error === "shown" || verbose ? withoutFrame(line) : undefined;
  if (verbose) return line;
  const [, name, what, took] =
    /^\S+ \(([^)]*)\): (Creation|Destruction|Modifications) complete after (\S+)/.exec(line) ?? [];
  if (name !== undefined && what !== undefined) {
    return `${DONE[what] ?? what} ${name.replace(/\/Resource$/, "")} (${took ?? ""})`;
  }
  return /^(Apply complete|Destroy complete|No changes)/.test(line) ? line : undefined;
}

/** A command of ours has failed; what it said has been shown, Terraform says all of it again. */
const OWN_FAILURE = "local-exec provisioner error";

function kindOf(line: string): LineMemory["error"] {
  if (line.includes(OWN_FAILURE)) return "known";
  return line.includes("acquiring the state lock") ? "lock" : "shown";
}

/** cdktf's own count of stacks, and its last word. */
const FOOTER = /^(\d+ Stacks? |Invoking Terraform CLI failed)/;

const DONE: Readonly<Record<string, string>> = { Creation: "made", Destruction: "removed", Modifications: "changed" };

function withoutFrame(line: string): string | undefined {
  const text = line.replace(/^[│╷╵]\s?/, "").trimEnd();
  return text === "" ? undefined : text;
}

function withoutColour(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");
}
