/** A finished build's manifest becomes the image's last release, which later builds are compared with. */
import { readBuildManifest } from "../model/build-manifest";
import type { StageStatus } from "../model/events";
import { parseBuildId } from "../model/naming";
import type { Store } from "./store";
import { UserError } from "./user-error";

/**
 * Keeps the build's own manifest as `released/<image>.json`, if its publication was asked for and no later build's was.
 * Build hosts can't write there. Safe to repeat. Throws a UserError for a manifest that is not this build's.
 */
export async function recordRelease(store: Store, build: string, statuses: readonly StageStatus[]): Promise<void> {
  const asked = statuses.find(({ name }) => name === "request-publication")?.state === "succeeded";
  if (!asked) return;
  const { image, started } = parseBuildId(build);
  const text = await store.buildManifest(build);
  // A build that was made before manifests were kept in its directory has written the release itself.
  if (text === undefined) return;
  const manifest = parsed(text, `manifest of build ${build}`);
  if (manifest.build !== build || manifest.image !== image)
    throw new UserError(`manifest of build ${build}: is one of build ${manifest.build}; it is not kept as a release`);
  const last = await store.releasedManifest(image);
  const lastBuild = last === undefined ? undefined : buildOf(last);
  if (lastBuild === build || (lastBuild !== undefined && parseBuildId(lastBuild).started > started)) return;
  await store.writeRelease(image, text);
}

function parsed(text: string, file: string) {
  try {
    return readBuildManifest(text, file);
  } catch (error) {
    throw new UserError((error as Error).message, { cause: error });
  }
}

/** The build of a release that is there; undefined for one that can't be read, which is as good as none. */
function buildOf(text: string): string | undefined {
  try {
    return readBuildManifest(text, "release").build;
  } catch {
    return undefined;
  }
}
