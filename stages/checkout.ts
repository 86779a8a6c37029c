/** Stage 4: the recipes at the pinned commit, and whether anything has changed since the last release. */
import path from "node:path";
import { checkForChange, packageLine, type BuildInputs } from "../model/change-check";
import { recipeName } from "../model/image/recipe-name";
import { buildInputs, readReleased } from "./lib/build-manifest";
import { builderPackage } from "./lib/builders";
import { comparesPackages } from "./lib/distributions";
import { StageError } from "./lib/errors";
import { exec } from "./lib/exec";
import { exists, readIfThere } from "./lib/files";
import { checkoutCommit, isCheckoutOf, recipePaths, treeDigest } from "./lib/git";
import { candidateVersions } from "./lib/package-index";
import { readReleases, releaseDigests, type Release } from "./lib/repositories";
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
        `images/${recipeName(plan.image)}: is not in commit ${commit.slice(0, 12)}; commit it, or choose another ref`,
      );
    }
    const recipe = { paths: recipePaths(plan.image) };
    const tests = [`images/${recipeName(plan.image)}/tests`];
    const recipeDigest = await treeDigest(paths.checkout, commit, recipe, git);
    const sourceDigest = await treeDigest(paths.checkout, commit, { ...recipe, without: tests }, git);
    const releases = await log.step("repository metadata", async () => readReleases(plan, signal));
    const repositories = releaseDigests(releases);
    const builder = await builderOf(context);
    const data: CheckoutData = { commit, recipeDigest, sourceDigest, repositories, ...builder };
    return decide(context, data, releases);
  },
};

async function decide(
  context: StageContext,
  data: CheckoutData,
  releases: readonly Release[],
): ReturnType<HostStage["run"]> {
  const { plan, paths, log } = context;
  const commit = data.commit.slice(0, 12);
  const last = await readReleased(paths.lastRelease);
  const now = buildInputs(plan, data);
  let verdict = checkForChange(last?.inputs, now);
  const packages = last?.inputs.packages;
  if (packages && comparesPackages(plan.image) && sameMakers(last.inputs, now)) {
    // Repositories are signed anew every day; what counts is what would be installed.
    const names = Object.keys(packages);
    const { signal } = context;
    const directory = path.join(paths.scratch, "indices");
    const versions = await log.step("versions that would be installed", async () =>
      candidateVersions({ plan, releases, names, directory, signal }),
    );
    verdict = checkForChange(last.inputs, { ...now, packages: versions });
  }
  verdict.reasons.forEach((reason) => log.line(reason));
  verdict.packages.forEach((change) => log.line(packageLine(change)));
  if (verdict.changed || !last) return { message: `commit ${commit}; ${verdict.reasons.join("; ")}`, data };
  if (plan.options.force) return { message: `commit ${commit}; no change since ${last.build}, but forced`, data };
  const endsBuild = `no change since ${last.build}: ${verdict.reasons.join("; ")}`;
  return { message: endsBuild, endsBuild, data: { ...data, unchangedSince: last.build } };
}

/** Whether everything but the packages is as it was for the last release. */
function sameMakers(last: BuildInputs, now: BuildInputs): boolean {
  return !checkForChange({ ...last, packages: undefined, repositories: {} }, { ...now, repositories: {} }).changed;
}

type Builder = Pick<CheckoutData, "builderVersion" | "builderPackage" | "preinstalled" | "hostRelease">;

/** The builder's version on this host; where it is not installed yet, the one that stage 5 will install. */
async function builderOf({ plan, signal }: StageContext): Promise<Builder> {
  const name = builderPackage(plan.image);
  const hostRelease = /^VERSION_CODENAME=(\S+)$/m.exec((await readIfThere("/etc/os-release")) ?? "")?.[1];
  const facts = { builderPackage: name, ...(hostRelease !== undefined && { hostRelease }) };
  const installed = await exec("dpkg-query", ["-W", "-f", "${Version}", name], { signal, accept: [0, 1] });
  if (installed.code === 0 && installed.stdout !== "") {
    return { ...facts, builderVersion: installed.stdout, preinstalled: true };
  }
  const { stdout } = await exec("apt-cache", ["policy", name], { signal });
  const candidate = /Candidate: (\S+)/.exec(stdout)?.[1];
  return { ...facts, builderVersion: candidate ?? "unknown", preinstalled: false };
}
