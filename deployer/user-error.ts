/** An error that the user can do something about: its message is one line (what, where, remedy) and is shown without a stack. */
export class UserError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UserError";
  }
}

/** Several problems found at once, one line each. */
export class Problems extends UserError {
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "Problems";
  }
}

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, "; ").trim();
}
