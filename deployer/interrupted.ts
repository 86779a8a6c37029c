/** A command that was interrupted: by Ctrl-C, or by who ends it (a job that is stopped). */
import { constants } from "node:os";
import { UserError } from "./user-error";

export type InterruptSignal = "SIGINT" | "SIGTERM";

/** What was interrupted can be gone on with. */
export class Interrupted extends UserError {
  override readonly name = "Interrupted";

  constructor(
    message: string,
    readonly signal: InterruptSignal,
  ) {
    super(message);
  }

  /** As shells tell an end by this signal. */
  get exitStatus(): number {
    return 128 + constants.signals[this.signal];
  }
}

export interface Interrupts {
  /** The first that came. */
  readonly signal: InterruptSignal | undefined;
  /** Gives the process' own handling back. */
  readonly end: () => void;
}

/** Notes interrupts for a child, whose end in order is waited for. */
export function interruptsFor(child: { kill(signal: InterruptSignal): unknown }): Interrupts {
  let signal: InterruptSignal | undefined;
  // A terminal sends Ctrl-C to all of its processes; a second one would have Terraform break off.
  const fromTerminal = (): void => void (signal ??= "SIGINT");
  const fromOutside = (): void => {
    if (signal === undefined) child.kill("SIGINT");
    signal ??= "SIGTERM";
  };
  process.on("SIGINT", fromTerminal);
  process.on("SIGTERM", fromOutside);
  return {
    get signal() {
      return signal;
    },
    end: () => {
      process.off("SIGINT", fromTerminal);
      process.off("SIGTERM", fromOutside);
    },
  };
}

/** How far cdktf had come when it was interrupted, by its own lines. */
export class Reached {
  private changes = false;
  private build = false;

  note(line: string): void {
    this.changes ||= /: (Creating|Destroying|Modifying)\.\.\./.test(line);
    this.build ||= /\] +3 add-agent +succeeded/.test(line);
  }

  /** One line on what has become of `command`. */
  text(command: string): string {
    if (!this.changes) return `${command}: interrupted before anything was changed; run it again`;
    const left = this.build ? "; the build goes on at its host" : "";
    return `${command}: interrupted${left}; run the same again: it goes on from here`;
  }
}

/** What cdktf and Node say of an interrupt is no error of the user's. */
export function saysAborted(line: string): boolean {
  return /^(Error: )?The operation was aborted|^Synthesizing$/.test(line.trim());
}
