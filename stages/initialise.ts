/** Stage 1: the lease, then everything that can be known to be wrong before anything is spent. On the deploying side. */
import type { StageResult } from "./lib/stage";

export interface Check {
  /** What is looked at: "quota", "signing key". */
  readonly name: string;
  /** Resolves with what is wrong, one line each; a check that throws has one problem, its error's message. */
  readonly run: () => Promise<readonly string[]>;
}

export interface InitialiseEffects {
  /** Resolves with one line that names the holder when somebody else builds this image. Throws when it can't be told. */
  readonly takeLease: () => Promise<string | undefined>;
  readonly checks: readonly Check[];
}

/** What is wrong, all of it: the stage's error. */
export class ChecksFailed extends Error {
  override readonly name = "ChecksFailed";

  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** Throws ChecksFailed with every problem; who called gives the lease back then. A lease that is held is told alone. */
export async function initialise({ takeLease, checks }: InitialiseEffects): Promise<StageResult> {
  let held: string | undefined;
  const lease: Check = { name: "lease", run: async () => ((held = await takeLease()), []) };
  const unreachable = await problemsOf(lease);
  if (held !== undefined) throw new ChecksFailed([held]);
  const results = await Promise.all(checks.map(problemsOf));
  // The same cause (a password, a network) may be met by several checks.
  const problems = [...new Set([...unreachable, ...results.flat()])];
  if (problems.length > 0) throw new ChecksFailed(problems);
  return { message: `all is well: ${checks.map((check) => check.name).join(", ")}`, data: { checks: checks.length } };
}

async function problemsOf(check: Check): Promise<readonly string[]> {
  try {
    return await check.run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.split("\n").filter((line) => line.trim() !== "");
  }
}
