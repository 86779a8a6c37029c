/** Stage 7's change log: what is new in the image since its last release. */
import path from "node:path";
import { changesLine, changesSince, changesText } from "../../model/changes";
import { ARTEFACTS, toShare } from "./artefacts";
import { buildInputs, readReleased } from "./build-manifest";
import { writeAtomic } from "./files";
import type { Package } from "./packages";
import type { StageContext } from "./stage";

export interface LoggedImage {
  readonly packages: readonly Package[];
  /** Bytes. */
  readonly size: number;
  readonly virtualSize: number;
}

/** Writes both forms; gives one line for people, or undefined for a first release. */
export async function writeChangeLog(context: StageContext, image: LoggedImage): Promise<string | undefined> {
  const { plan, paths, signal } = context;
  const { recipe, builder } = buildInputs(plan, context.data("checkout"));
  const { size, virtualSize } = image;
  const changes = changesSince(await readReleased(paths.lastRelease), plan.image.name, {
    build: plan.build,
    commit: recipe.commit,
    recipeDigest: recipe.digest,
    builder,
    packages: Object.fromEntries(image.packages.map(({ name, version }) => [name, version])),
    size,
    virtualSize,
  });
  const files = [
    [ARTEFACTS.changes, `${JSON.stringify(changes, null, 1)}\n`],
    [ARTEFACTS.changesText, changesText(changes)],
  ] as const;
  for (const [name, text] of files) {
    await writeAtomic(path.join(paths.local, name), text);
    await toShare(paths, name, signal);
  }
  return changesLine(changes);
}
