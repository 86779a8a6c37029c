/** One of several that serve the same: the first that answers. */
import { SshError } from "./ssh-error";
import { messageOf, UserError } from "./user-error";

export interface Candidate<T> {
  readonly name: string;
  /** Rejects with an SshError or a UserError when it does not answer. */
  readonly open: () => Promise<T>;
}

/**
 * Tries them in their order and tells which it passes over. What is no outage (another host key, a refused key) ends it
 * at once: an attacker must not be able to choose who is asked. Throws a UserError when none answers.
 */
export async function firstAnswering<T>(candidates: readonly Candidate<T>[], say: (line: string) => void): Promise<T> {
  const problems: string[] = [];
  for (const { name, open } of candidates) {
    try {
      return await open();
    } catch (error) {
      const outage = error instanceof SshError ? error.passing : error instanceof UserError;
      if (!outage) throw error;
      problems.push(messageOf(error));
      say(`${name}: does not answer, it is passed over`);
    }
  }
  throw new UserError(`none of ${candidates.map(({ name }) => name).join(", ")} answers: ${problems.join("; ")}`);
}
