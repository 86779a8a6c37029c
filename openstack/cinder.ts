/** Volumes and their limits. */
import { listAll } from "./pages";
import type { Session } from "./session";
import { waitFor, type WaitOptions } from "./wait";

export interface Volume {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  /** GiB */
  readonly size: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Of the image that it was made from. */
  readonly volume_image_metadata?: Readonly<Record<string, string>>;
  readonly availability_zone: string;
  readonly created_at: string;
  readonly attachments: readonly {
    readonly server_id: string;
    readonly device: string;
    readonly attachment_id: string;
  }[];
}

export interface NewVolume {
  readonly name: string;
  readonly sizeGiB: number;
  readonly description?: string;
  readonly type?: string;
  readonly zone?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface VolumeLimits {
  /** -1: no limit. */
  readonly volumes: { readonly used: number; readonly max: number };
  readonly gigabytes: { readonly used: number; readonly max: number };
}

/** Asks for a volume; wait for "available" before it is used. */
export async function createVolume(session: Session, volume: NewVolume): Promise<Volume> {
  const json = {
    volume: {
      name: volume.name,
      size: volume.sizeGiB,
      ...(volume.description !== undefined && { description: volume.description }),
      ...(volume.type !== undefined && { volume_type: volume.type }),
      ...(volume.zone !== undefined && { availability_zone: volume.zone }),
      ...(volume.metadata && { metadata: volume.metadata }),
    },
  };
  const options = { service: "block-storage", method: "POST", path: "/volumes", json } as const;
  return (await session.json<{ volume: Volume }>(options)).volume;
}

/** The volume, or undefined when there is none with this id. */
export async function getVolume(session: Session, id: string): Promise<Volume | undefined> {
  const path = `/volumes/${id}`;
  const answer = await session.request({ service: "block-storage", method: "GET", path, expect: [200, 404] });
  return answer.status === 404 ? undefined : (answer.json as { volume: Volume }).volume;
}

/** Volumes with exactly this name and all of this metadata, as far as given. */
export async function listVolumes(
  session: Session,
  filter: {
    readonly name?: string;
    readonly metadata?: Readonly<Record<string, string>>;
    /** An administrator's: of everybody. */
    readonly allProjects?: boolean;
  } = {},
): Promise<Volume[]> {
  const { name, metadata = {}, allProjects } = filter;
  const query = { name, ...(allProjects === true && { all_tenants: "1" }) };
  const volumes = await listAll<Volume>(session, {
    service: "block-storage",
    path: "/volumes/detail",
    query,
    key: "volumes",
  });
  return volumes.filter(
    (volume) =>
      (name === undefined || volume.name === name) &&
      Object.entries(metadata).every(([key, value]) => volume.metadata[key] === value),
  );
}

/** True when it was there. */
export async function deleteVolume(session: Session, id: string): Promise<boolean> {
  const path = `/volumes/${id}`;
  const answer = await session.request({ service: "block-storage", method: "DELETE", path, expect: [202, 204, 404] });
  return answer.status !== 404;
}

/** The volume once it has this status. Throws at once when it is in an error state or gone. */
export function waitForVolume(session: Session, id: string, status: string, options: WaitOptions): Promise<Volume> {
  const what = `${session.cloud}: volume ${id} ${status}`;
  return waitFor(
    what,
    async () => {
      const volume = await getVolume(session, id);
      if (!volume) throw new Error(`${what}: it is gone`);
      if (volume.status.startsWith("error")) throw new Error(`${what}: it is in state ${volume.status}`);
      return volume.status === status ? { done: volume, state: volume.status } : { state: volume.status };
    },
    options,
  );
}

/** Returns when Cinder knows the volume no more. */
export async function waitForVolumeGone(session: Session, id: string, options: WaitOptions): Promise<void> {
  const what = `${session.cloud}: volume ${id} deleted`;
  await waitFor(
    what,
    async () => {
      const volume = await getVolume(session, id);
      if (volume?.status.startsWith("error")) throw new Error(`${what}: it is in state ${volume.status}`);
      return volume ? { state: volume.status } : { done: true, state: "gone" };
    },
    options,
  );
}

export async function volumeLimits(session: Session): Promise<VolumeLimits> {
  const options = { service: "block-storage", method: "GET", path: "/limits" } as const;
  const { limits } = await session.json<{ limits: { absolute: Record<string, number> } }>(options);
  const value = (name: string): number => limits.absolute[name] ?? -1;
  return {
    volumes: { used: value("totalVolumesUsed"), max: value("maxTotalVolumes") },
    gigabytes: { used: value("totalGigabytesUsed"), max: value("maxTotalVolumeGigabytes") },
  };
}
