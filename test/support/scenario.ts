import { say } from "./say";

/** A test of a sequence in which each needs what the ones before it did. */
export type Step = (name: string, work: () => Promise<void> | void, timeout?: number) => void;

/** After a step that failed the later ones fail at once and name it, instead of failing for reasons of their own. */
export function scenario(): Step {
  let failed: string | undefined;
  return (name, work, timeout) => {
    const run = async (): Promise<void> => {
      if (failed !== undefined) throw withoutStack(new Error(`not tried, since this failed before: ${failed}`));
      say(`── ${name}`);
      failed = name;
      await work();
      failed = undefined;
    };
    if (timeout === undefined) test(name, run);
    else test(name, run, timeout);
  };
}

/** The one that failed shows where; the others would only repeat each other. */
function withoutStack(error: Error): Error {
  error.stack = error.message;
  return error;
}
