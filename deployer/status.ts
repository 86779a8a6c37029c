/** `factory status`: what there is of a factory, and what a destroy keeps. */
import { ownBuckets } from "../model/buckets";
import { names, OWNER_TAG } from "../model/naming";
import { parseLease, type Lease } from "../model/lease";
import { listShownAndHidden } from "../openstack/glance";
import { list } from "../openstack/neutron";
import { headContainer } from "../openstack/swift";
import { dataVolumes } from "./data-volumes";
import type { Deployment, ProjectName } from "./deployment";
import { keptCertificates, type KeptCertificate } from "./image-certificate";
import { CONSOLE_WAIT, nodeStatuses, type NodeStatus } from "./node-status";
import { listNodes, Ways } from "./nodes";
import { quotaStatuses, type QuotaStatus } from "./quota-status";
import { keptSecrets } from "./secrets/kept";
import { holderProcess } from "./session-identity";
import { messageOf } from "./user-error";

export interface ImageStatus {
  readonly region: string;
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly visibility: string;
  /** Bytes. */
  readonly size: number;
  /** `sha512:…` */
  readonly hash: string;
}
export interface BucketStatus {
  readonly name: string;
  readonly objects: number;
  readonly bytes: number;
}
export interface VolumeStatus {
  readonly name: string;
  /** Key of projects in factory.yaml. */
  readonly project: ProjectName;
  readonly id: string;
  readonly sizeGiB: number;
  readonly status: string;
}
export interface FactoryStatus {
  readonly factory: string;
  readonly nodes: readonly NodeStatus[];
  readonly leases: readonly Lease[];
  readonly images: readonly ImageStatus[];
  readonly buckets: readonly BucketStatus[];
  /** Volumes with the factory's data. */
  readonly volumes: readonly VolumeStatus[];
  /** Names in Barbican of the generated secrets. */
  readonly secrets: readonly string[];
  /** Of image keys, in the key managers of the regions. */
  readonly certificates: readonly KeptCertificate[];
  readonly quotas: readonly QuotaStatus[];
  /** The web site's public address, where there is one. */
  readonly webAddress?: string | undefined;
  /** What could not be found out, one line each. */
  readonly problems: readonly string[];
  /** Every node answers and all its checks pass, there is room for one more build, and nothing is unknown. */
  readonly inOrder: boolean;
  /** Why it is not in order, one line each. */
  readonly reasons: readonly string[];
}

/** Why a factory is not in order. Pure. */
function reasonsOf({ factory, nodes, quotas, problems }: Omit<FactoryStatus, "inOrder" | "reasons">): string[] {
  if (nodes.length === 0) return problems.length > 0 ? [...problems] : [`factory ${factory} is not deployed`];
  const failed = nodes.flatMap(({ name, checks }) =>
    checks.filter(({ ok }) => !ok).map((check) => `${name}: ${check.name}: ${check.detail}`),
  );
  return [...failed, ...quotas.flatMap(({ short }) => short), ...problems];
}

/** Looks everywhere at once; what can't be reached is told in `problems`, the rest is there all the same. */
export async function factoryStatus(deployment: Deployment): Promise<FactoryStatus> {
  // What one cause hides is told with it, once.
  const hidden = new Map<string, string[]>();
  const orNone = async <T>(what: string, work: Promise<readonly T[]>): Promise<readonly T[]> =>
    work.catch((error: unknown) => {
      const cause = messageOf(error);
      hidden.set(cause, [...(hidden.get(cause) ?? []), what]);
      return [];
    });
  const servers = await orNone("nodes", listNodes(deployment));
  const hasShare = servers.some(({ role }) => role === "nfs-server");
  const [nodes, leases, buckets, volumes, secrets, certificates, quotas, web, ...images] = await Promise.all([
    nodeStatuses(deployment, servers),
    orNone("leases", hasShare ? liveLeases(deployment) : Promise.resolve([])),
    orNone("buckets", bucketStatuses(deployment)),
    orNone("volumes", volumeStatuses(deployment)),
    orNone("secrets", keptSecrets(deployment)),
    orNone("certificates of image keys", keptCertificates(deployment)),
    orNone("quotas", quotaStatuses(deployment)),
    orNone(
      "web site",
      servers.some(({ role }) => role === "web-server") ? webAddresses(deployment) : Promise.resolve([]),
    ),
    ...deployment.config.regions.map((region) => orNone(`images in ${region.name}`, imageStatuses(deployment, region))),
  ]);
  const problems = [...hidden].map(([cause, what]) => `${what.join(", ")}: ${cause}`);
  const { factory } = deployment.config;
  const data = { images: images.flat(), buckets, volumes, secrets, certificates };
  const all = { factory, nodes, leases, ...data, quotas, problems };
  const found = { ...all, ...(web[0] !== undefined && { webAddress: web[0] }) };
  const reasons = reasonsOf(found);
  return { ...found, inOrder: reasons.length === 0, reasons };
}

async function webAddresses(deployment: Deployment): Promise<string[]> {
  const fields = { description: names.webAddress(deployment.config.factory) };
  const found = await list(deployment.project("services"), "floatingips", { fields });
  return found.map((one) => one.floating_ip_address);
}

async function liveLeases(deployment: Deployment): Promise<Lease[]> {
  const store = await new Ways(deployment, undefined, CONSOLE_WAIT).store();
  const leases = [...(await store.leases())].flatMap(([image, text]) => parseLease(text, `lease of ${image}`) ?? []);
  const alive = await Promise.all(leases.map(async ({ holder }) => (await holderProcess(holder)) !== "dead"));
  return leases.filter((lease, index) => alive[index] === true && Date.parse(lease.expires) > Date.now());
}

async function bucketStatuses(deployment: Deployment): Promise<BucketStatus[]> {
  const session = deployment.project("production");
  const found = await Promise.all(
    ownBuckets(deployment.config.buckets).map(async (name) => ({ name, facts: await headContainer(session, name) })),
  );
  return found.flatMap(({ name, facts }) => (facts ? [{ name, objects: facts.objects, bytes: facts.bytes }] : []));
}

async function volumeStatuses(deployment: Deployment): Promise<VolumeStatus[]> {
  const found = await dataVolumes(deployment);
  return found.map(({ project, volume: { id, name, size, status } }) => ({
    id,
    name: name ?? "",
    project,
    sizeGiB: size,
    status,
  }));
}

async function imageStatuses(deployment: Deployment, region: Deployment["homeRegion"]): Promise<ImageStatus[]> {
  const wanted = [OWNER_TAG, `factory=${deployment.config.factory}`];
  const found = await listShownAndHidden(deployment.region(region), { tags: wanted });
  return found
    .filter((image) => wanted.every((tag) => image.tags.includes(tag)))
    .map(({ id, name, status, visibility, size, os_hash_algo, os_hash_value }) => ({
      region: region.name,
      name: name ?? "",
      id,
      status,
      visibility,
      size: size ?? 0,
      hash: os_hash_value === null ? "" : `${os_hash_algo ?? ""}:${os_hash_value}`,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

export type Retained = Pick<FactoryStatus, "volumes" | "buckets" | "images" | "secrets" | "certificates">;

/** What stays when the factory's stack is destroyed. Pure. */
export function retainedOf(status: FactoryStatus): Retained {
  return {
    secrets: status.secrets,
    certificates: status.certificates,
    volumes: status.volumes,
    images: status.images,
    buckets: status.buckets.filter(({ objects }) => objects > 0),
  };
}
