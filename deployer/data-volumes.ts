/** The volumes that hold the factory's data, in all of its projects. */
import { tagMetadata } from "../model/naming";
import { listVolumes, type Volume } from "../openstack/cinder";
import type { Deployment, ProjectName } from "./deployment";
import { nodeProjects } from "./nodes";

export interface DataVolume {
  readonly project: ProjectName;
  readonly volume: Volume;
}

/** Sorted by name; without builds' scratch volumes, which carry the build too and go with it. */
export async function dataVolumes(deployment: Deployment): Promise<DataVolume[]> {
  const metadata = tagMetadata({ factory: deployment.config.factory });
  const found = await Promise.all(
    nodeProjects(deployment).map(async ({ project, session }) =>
      (await listVolumes(session, { metadata }))
        .filter((volume) => volume.metadata["image_factory_build"] === undefined)
        .map((volume) => ({ project, volume })),
    ),
  );
  // Two entries of clouds.yaml may lead to one project.
  const each = new Map(found.flat().map((one) => [one.volume.id, one]));
  return [...each.values()].sort((a, b) => (a.volume.name ?? "").localeCompare(b.volume.name ?? ""));
}
