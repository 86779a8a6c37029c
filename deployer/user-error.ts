/** An error that the user can do something about: its message is one line (what, where, remedy) and is shown without a stack. */
export class UserError extends Error {
  override readonly name: string = "UserError";
}

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, "; ").trim();
}
