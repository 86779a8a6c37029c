/** diskimage-builder's base system: from the recipe's cache where it is there, into it where it was made. */
import path from "node:path";
import { baseKey, keepBase, takeBase } from "./base-cache";
import { distribution, mirrorOf } from "./distributions";
import { exists } from "./files";
import type { StageContext } from "./stage";

/** The base system changes with its suite's metadata, seldom; everything else of the image is installed anew. */
function baseSystem(
  { plan, paths, data }: StageContext,
  cache: string,
): { readonly key: string; readonly local: string; readonly shared: string } | undefined {
  const { os, architecture, recipe } = plan.image;
  const { baseFile, repositories: suites } = distribution(plan.image);
  const [first] = suites(os.codename);
  if (!baseFile || !first) return undefined;
  const { repositories, builderVersion } = data("checkout");
  const from = {
    distro: os.distro,
    codename: os.codename,
    architecture,
    suite: repositories[`${os.distro} ${os.codename}`] ?? "",
    builderVersion,
    mirror: mirrorOf(first.mirror, plan.mirrors),
  };
  return {
    key: baseKey({ ...from, environment: JSON.stringify(recipe.environment ?? {}) }),
    local: path.join(cache, baseFile(os.codename, architecture)),
    shared: path.join(paths.cache, "base-systems"),
  };
}

/** Runs a build on the cached base system where there is one. The cache may fail without the build. */
export async function onBaseSystem(
  context: StageContext,
  { cache, signal }: { readonly cache: string; readonly signal: AbortSignal },
  build: () => Promise<void>,
): Promise<void> {
  const { log } = context;
  const base = baseSystem(context, cache);
  if (!base) return build();
  const { key, local, shared } = base;
  const optional = async (work: () => Promise<boolean>): Promise<boolean> =>
    work().catch((error: unknown) => {
      signal.throwIfAborted();
      log.line(`the cache of base systems failed: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    });
  const taken = await log.step("base system from the cache", async () =>
    optional(async () => takeBase(shared, key, local, signal)),
  );
  log.line(taken ? "the base system comes from the cache" : "the base system is bootstrapped");
  await build();
  if (taken || !(await exists(local))) return;
  await log.step("base system into the cache", async () =>
    optional(async () => {
      await keepBase(shared, key, local, signal);
      return true;
    }),
  );
}
