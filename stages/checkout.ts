/** Stage 4: the recipes at the pinned commit, and whether anything has changed since the last release. */
import { checkForChange } from "../model/change-check";
import { buildInputs, readReleased } from "./lib/build-manifest";
import { builderPackage } from "./lib/builders";
import { StageError } from "./lib/errors";
import { exec } from "./lib/exec";
import { exists } from "./lib/files";
import { checkoutCommit, isCheckoutOf, treeDigest } from "./lib/git";
import { repositoryDigests } from "./lib/repositories";
import type { CheckoutData } from "./lib/results";
import type { HostStage, StageContext } from "./lib/stage";

export const stage: HostStage = {
  name: "checkout",
  async upToDate({ plan, paths, signal, data }) {
    const done = data("checkout");
    if (done.unchangedSince !== undefined) return false;
    return done.commit === plan.recipes.commit && isCheckoutOf(paths.checkout, plan.recipes.commit, { signal });
  },
  async run(context) {
    const { plan, paths, log, signal } = context;
    const { commit, source } = plan.recipes;
    const git = { signal, log: (line: string) => log.line(line) };
    await log.step("checkout", async () =>
      checkoutCommit({
        ...git,
        commit,
        source: source.kind === "bundle" ? paths.recipesBundle : source.url,
        directory: paths.checkout,
      }),
    );
    if (!(await exists(paths.recipe))) {
      throw new StageError(
        `images/${plan.image.name}: is not in commit ${commit.slice(0, 12)}; commit it, or choose another ref`,
      );
    }
    const recipeDigest = await treeDigest(
      paths.checkout,
      commit,
      [`images/${plan.image.name}`, "images/elements"],
      git,
    );
    const repositories = await log.step("repository metadata", async () => repositoryDigests(plan, signal));
    const data: CheckoutData = { commit, recipeDigest, repositories, builderVersion: await builderVersion(context) };
    return decide(context, data);
  },
};

async function decide(context: StageContext, data: CheckoutData): ReturnType<HostStage["run"]> {
  const { plan, paths, log } = context;
  const commit = data.commit.slice(0, 12);
  const last = await readReleased(paths.released);
  const verdict = checkForChange(last?.inputs, buildInputs(plan, data));
  verdict.reasons.forEach((reason) => log.line(reason));
  if (verdict.changed || !last) return { message: `commit ${commit}; ${verdict.reasons.join("; ")}`, data };
  if (plan.options.force) return { message: `commit ${commit}; no change since ${last.build}, but forced`, data };
  const endsBuild = `no change since ${last.build}: ${verdict.reasons.join("; ")}`;
  return { message: endsBuild, endsBuild, data: { ...data, unchangedSince: last.build } };
}

/** The builder's version on this host; where it is not installed yet, the one that stage 5 will install. */
async function builderVersion({ plan, signal }: StageContext): Promise<string> {
  const name = builderPackage(plan.image);
  const installed = await exec("dpkg-query", ["-W", "-f", "${Version}", name], { signal, accept: [0, 1] });
  if (installed.code === 0 && installed.stdout !== "") return installed.stdout;
  const { stdout } = await exec("apt-cache", ["policy", name], { signal });
  return /Candidate: (\S+)/.exec(stdout)?.[1] ?? "unknown";
}
