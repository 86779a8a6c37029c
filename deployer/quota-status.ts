/** What the projects may still have. */
import { volumeLimits } from "../openstack/cinder";
import { computeLimits, listFlavors } from "../openstack/nova";
import type { Session } from "../openstack/session";
import { buildNeeds } from "./checks";
import type { Deployment } from "./deployment";
import { isLow, shortages, type Allowance } from "./quota";

export const QUOTAS = ["instances", "cores", "MiB of RAM", "volumes", "GiB of volumes"] as const;
export type QuotaName = (typeof QUOTAS)[number];

export interface QuotaStatus {
  /** Entry of clouds.yaml. */
  readonly cloud: string;
  readonly quotas: Readonly<Record<QuotaName, Allowance>>;
  /** Less than a tenth is left of these. */
  readonly low: readonly QuotaName[];
  /** Why there is no room for one more build, one line each. */
  readonly short: readonly string[];
}

/** The projects that nodes and volumes are in, each once. */
export async function quotaStatuses(deployment: Deployment): Promise<QuotaStatus[]> {
  const build = deployment.project("build");
  const services = deployment.project("services");
  return Promise.all([
    quotaStatus(build, deployment),
    ...(services.cloud === build.cloud ? [] : [quotaStatus(services, undefined)]),
  ]);
}

/** @param builds where builds take of it too */
async function quotaStatus(session: Session, builds: Deployment | undefined): Promise<QuotaStatus> {
  const [compute, volumes, needs] = await Promise.all([
    computeLimits(session),
    volumeLimits(session),
    builds && listFlavors(session).then((flavors) => buildNeeds(builds.config.nodes, flavors)),
  ]);
  const quotas: QuotaStatus["quotas"] = {
    instances: compute.instances,
    cores: compute.cores,
    "MiB of RAM": compute.ramMiB,
    volumes: volumes.volumes,
    "GiB of volumes": volumes.gigabytes,
  };
  return {
    cloud: session.cloud,
    quotas,
    low: QUOTAS.filter((name) => isLow(quotas[name])),
    short: needs
      ? shortages(
          session.cloud,
          QUOTAS.map((what) => ({ what, needs: needs[what], allowance: quotas[what] })),
        )
      : [],
  };
}
