/** Makes a stage's context from the plan, the layout and what the runner gives. */
import { readFile } from "node:fs/promises";
import { Session } from "../../openstack/session";
import type { BuildPlan, Credential, Credentials } from "../../model/plan";
import { stageInfo, type StageName } from "../../model/stages";
import { StageError } from "./errors";
import { exists, readIfThere } from "./files";
import type { Layout } from "./layout";
import type { ContextTools } from "./run-build";
import type { StageContext } from "./stage";

/** Reads the plan that attach left; throws a StageError that says what to do when it is not there or not ours. */
export async function readPlan(file: string): Promise<BuildPlan> {
  if (!(await exists(file))) {
    throw new StageError(`${file}: there is no plan; attach brings it (deploy the build's stack again)`);
  }
  let plan: BuildPlan;
  try {
    plan = JSON.parse(await readFile(file, "utf8")) as BuildPlan;
  } catch (error) {
    throw new StageError(`${file}: is not JSON; deploy the build's stack again`, undefined, { cause: error });
  }
  // The file comes from elsewhere: its type says what it should be, not what it is.
  const { version } = plan as { readonly version: unknown };
  if (version !== 1)
    throw new StageError(`${file}: version ${String(version)} of the plan; this runner knows version 1`);
  return plan;
}

/** What attach put into tmpfs, or undefined when nothing is there. */
export async function readCredentials(paths: Pick<Layout, "credentials">): Promise<Credentials | undefined> {
  const text = await readIfThere(paths.credentials);
  return text === undefined ? undefined : (JSON.parse(text) as Credentials);
}

/**
 * A session of one region by its credential. It is not bound to a stage's signal, so that what a stopped stage has made
 * can still be removed; whoever waits or uploads gives the signal to that.
 */
export function sessionFor(
  credential: Credential,
  { cloud, region }: { readonly cloud: string; readonly region: string },
): Session {
  return new Session({ cloud, region, auth: { kind: "applicationCredential", ...credential } });
}

/** Everything that a stage may use. */
export function makeContext(plan: BuildPlan, paths: Layout, stage: StageName, tools: ContextTools): StageContext {
  const { signal, log, progress, dataOf } = tools;
  const dataIfThere: StageContext["dataIfThere"] = (name) => dataOf(name) as never;
  return {
    plan,
    paths,
    signal,
    log,
    progress,
    dataIfThere,
    data(name) {
      const data = dataIfThere(name);
      if (data === undefined) {
        throw new StageError(`needs the result of stage ${stageInfo(name).number} (${name}), which has not succeeded`);
      }
      return data;
    },
    async session(target) {
      const credential = (await readCredentials(paths))?.[target.cloud];
      if (!credential) {
        throw new StageError(
          `${paths.credentials}: no credential for "${target.cloud}" (stage ${stage}); deploy the build's stack again, attach brings fresh ones`,
        );
      }
      return sessionFor(credential, target);
    },
  };
}
