/** Errors of a stage as its owner reads them: one line that says what is wrong, where, and what to do. */

/** A failure that was expected to be possible. `data` goes into the stage's `failed` event (never a secret). */
export class StageError extends Error {
  override readonly name = "StageError";

  constructor(
    message: string,
    readonly data?: Readonly<Record<string, unknown>>,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A mistake in how the runner was called; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Any thrown thing as one line, with its causes: "upload failed: socket hang up". */
export function oneLine(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at !== undefined && parts.length < 4; at = at instanceof Error ? at.cause : undefined) {
    const text = (at instanceof Error ? at.message : describe(at)).replace(/\s+/g, " ").trim();
    if (text !== "" && !parts.some((part) => part.includes(text))) parts.push(text);
  }
  return parts.join(": ") || "unknown error";
}

/** What an aborted signal means, as an error: the abort's own reason. */
export function abortError(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new StageError(`aborted: ${String(signal.reason)}`);
}

const describe = (thing: unknown): string =>
  typeof thing === "string" ? thing : `unknown error ${JSON.stringify(thing)}`;
