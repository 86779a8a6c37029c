/** The jobs that Jenkins has for the catalogue: what its seed makes them of. Pure. */
import type { FactoryConfig } from "./config";
import type { ImageDefinition } from "./image";

export interface ImageJob {
  readonly name: string;
  /** The folder's name: the family of operating systems. */
  readonly family: string;
  readonly description: string;
  readonly owner: string;
  readonly team: string;
  /** cron, spread by Jenkins' hash; empty: only by hand. */
  readonly schedule: string;
  /** All regions that it goes to, its home first. */
  readonly regions: readonly string[];
  /** Why it is marked untested; empty for a tested one. */
  readonly untested: string;
  /** Hours after a build's start in which its host expires, kept or not. */
  readonly hostHours: number;
}

/** Jenkins spreads H over its range, differently for each job: at night (UTC), weekends and first days apart. */
const SCHEDULES: Readonly<Record<string, string>> = {
  manual: "",
  nightly: "H H(1-4) * * *",
  weekly: "H H(1-4) * * H(6-7)",
  monthly: "H H(1-4) H(1-7) * *",
};

/** In the catalogue's order. */
export function imageJobs(config: FactoryConfig, images: readonly ImageDefinition[]): ImageJob[] {
  const [home, ...others] = config.regions.map(({ name }) => name);
  return images.map((image) => ({
    name: image.name,
    family: image.os.distro,
    description: image.description,
    owner: image.owner,
    team: image.team ?? config.notify.team,
    schedule: SCHEDULES[image.schedule] ?? image.schedule,
    regions: [...(home === undefined ? [] : [home]), ...others.filter((name) => image.regions?.includes(name) ?? true)],
    untested: image.status.tested ? "" : (image.status.reason ?? "it was never built"),
    hostHours: config.build.expireHours,
  }));
}
