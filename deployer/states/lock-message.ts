/** A lock that somebody else holds, as one line. Pure. */
import type { StatePlace } from "../../model/config/state";

export interface Locked {
  readonly stack: string;
  /** `user@host since …`, where that is known. */
  readonly holder: string;
  readonly id: string;
}

/** What stands before lines of ours. */
const OWN = "factory: ";
const BEGIN = /^the state of stack \S+ is locked by /;

export function lockedLine({ stack, holder, id }: Locked): string {
  return `the state of stack ${stack} is locked by ${holder}; wait for it, or if that process is gone: npx factory state unlock ${stack} ${id}`;
}

/** Whether a line is one of `lockedLine`, behind "factory: ". */
export function isLockedLine(line: string): boolean {
  return line.startsWith(OWN) && BEGIN.test(line.slice(OWN.length));
}

/**
 * What Terraform's error about the lock comes to.
 * @param lines the error's, without frames, or one of our own instead
 */
export function lockFailure(kind: StatePlace["kind"], stack: string, lines: readonly string[]): string {
  const own = lines.find(isLockedLine);
  if (own !== undefined) return own.slice(OWN.length);
  const field = (name: string): string =>
    lines.map((line) => new RegExp(`^\\s*${name}:\\s+(\\S.*)$`).exec(line)?.[1]).find((one) => one) ?? "";
  const reason = errorMessage(lines);
  if (NOT_LOCKABLE.test(reason)) {
    return `the state of stack ${stack} can not be locked: its object storage has no conditional writes (${reason}); use another place for states, docs/state.md`;
  }
  const [who, created, operation] = [field("Who"), field("Created"), field("Operation")];
  if (who === "" || created === "") return `the state of stack ${stack} could not be locked: ${reason}`;
  if (kind === "postgres") {
    return `the state of stack ${stack} is locked by another process, as long as that runs; select usename, client_addr, application_name from pg_stat_activity tells which`;
  }
  if (kind === "http") {
    const id = /ID=(\S+)/.exec(reason)?.[1] ?? "";
    return lockedLine({ stack, holder: "another process (Terraform does not say which)", id });
  }
  const since = created.replace(/^(\S+) (\d\d:\d\d:\d\d)\S* .*$/, "$1T$2Z");
  const doing = operation.replace(/^OperationType/, "").toLowerCase();
  return lockedLine({ stack, holder: `${who} since ${since} (${doing})`, id: field("ID") });
}

const NOT_LOCKABLE = /NotImplemented|Conditional object PUTs/;

/** Wrapped by Terraform at 78 columns: joined up to the next heading. */
function errorMessage(lines: readonly string[]): string {
  const from = lines.findIndex((line) => line.startsWith("Error message:"));
  if (from < 0) return lines.join(" ");
  const rest = lines.slice(from);
  const end = rest.findIndex((line) => /^(Lock Info:|Terraform acquires|OpenTofu acquires)/.test(line));
  return (end < 0 ? rest : rest.slice(0, end)).join(" ").replace("Error message:", "").replace(/\s+/g, " ").trim();
}
