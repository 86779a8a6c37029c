/** What holds data and outlives the stack: made when missing, taken up again when there, kept at destroy. */
import { tagMetadata } from "../model/naming";
import {
  createVolume,
  deleteVolume,
  listVolumes,
  waitForVolume,
  waitForVolumeGone,
  type Volume,
} from "../openstack/cinder";
import type { Session } from "../openstack/session";
import { deleteContainer, deleteObject, headContainer, listVersions, putContainer } from "../openstack/swift";
import { applySettings, historyOf, type Settings } from "./container-settings";
import { UserError } from "./user-error";

export interface RetainedName {
  readonly factory: string;
  readonly kind: RetainedKind;
  readonly name: string;
}
export const RETAINED_KINDS = ["volume", "container"] as const;
export type RetainedKind = (typeof RETAINED_KINDS)[number];

/** Milliseconds that a volume may take to become available or to go. */
const VOLUME_WITHIN = 180_000;

/** What it is to be like. */
export interface Wanted {
  /** Of a volume that has to be made. */
  readonly sizeGiB?: number | undefined;
  /** Of a container. @default - none is touched */
  readonly settings?: Settings | undefined;
}

interface Keeper {
  /** One line that says what was done. */
  retain(session: Session, factory: string, name: string, wanted: Wanted): Promise<string>;
  release(session: Session, factory: string, name: string, purge: boolean): Promise<string>;
}

const KEEPERS: Readonly<Record<RetainedKind, Keeper>> = {
  volume: {
    async retain(session, factory, name, { sizeGiB }) {
      const there = await volumeOf(session, factory, name);
      if (there) {
        const differs =
          sizeGiB !== undefined && there.size !== sizeGiB ? ` (it has ${there.size} GiB, not ${sizeGiB})` : "";
        return `volume ${name}: taken up again with its data${differs}`;
      }
      if (sizeGiB === undefined)
        throw new UserError(`volume ${name}: is not there, and --size does not say how large to make it`);
      const { id } = await createVolume(session, {
        name,
        sizeGiB,
        description: `data of factory ${factory}`,
        metadata: tagMetadata({ factory }),
      });
      await waitForVolume(session, id, "available", { timeout: VOLUME_WITHIN, interval: 1000 });
      return `volume ${name}: made, ${sizeGiB} GiB`;
    },
    async release(session, factory, name, purge) {
      const there = await volumeOf(session, factory, name);
      if (!there) return `volume ${name}: is gone already`;
      if (!purge) return `volume ${name}: kept with its data (${there.size} GiB)`;
      if (there.status === "in-use" || there.status === "detaching") {
        await waitForVolume(session, there.id, "available", { timeout: VOLUME_WITHIN, interval: 1000 });
      }
      await deleteVolume(session, there.id);
      await waitForVolumeGone(session, there.id, { timeout: VOLUME_WITHIN, interval: 1000 });
      return `volume ${name}: deleted with its data`;
    },
  },
  container: {
    async retain(session, factory, name, { settings = {} }) {
      const there = await headContainer(session, name);
      const owner = there?.metadata[OWNER];
      if (there && owner !== undefined && owner !== factory) throw foreign("bucket", name, owner);
      if (there && owner === undefined && there.objects > 0) {
        throw new UserError(
          `bucket ${name}: is there with ${there.objects} objects and is not of this factory; choose another name in factory.yaml: buckets`,
        );
      }
      await putContainer(session, name, tagMetadata({ factory }));
      const told = await applySettings(session, factory, name, settings);
      const what = there ? `taken up again, ${there.objects} objects` : "made";
      return `bucket ${name}: ${[what, ...told].join(", ")}`;
    },
    async release(session, factory, name, purge) {
      const there = await headContainer(session, name);
      if (!there) return `bucket ${name}: is gone already`;
      const owner = there.metadata[OWNER];
      if (owner !== factory) throw foreign("bucket", name, owner);
      if (purge) await emptyContainer(session, name);
      const outcome = await deleteContainer(session, name);
      if (outcome === "not-empty") return `bucket ${name}: kept, it holds ${heldBy(there.objects)}`;
      if (there.history === historyOf(name)) {
        if (purge) await emptyContainer(session, there.history);
        await deleteContainer(session, there.history);
      }
      return purge
        ? `bucket ${name}: deleted with its ${there.objects} objects`
        : `bucket ${name}: deleted, it was empty`;
    },
  },
};

/** Swift writes underscores of a metadata's name as dashes. */
const OWNER = "image-factory";

const heldBy = (objects: number): string => (objects === 0 ? "former versions" : `${objects} objects`);

/** Deletes all objects, former versions too. */
async function emptyContainer(session: Session, name: string): Promise<void> {
  for (const one of await listVersions(session, name)) await deleteObject(session, name, one.name, one.version_id);
}

/** Makes sure that it is there; one line for people. Throws a UserError for what belongs to somebody else. */
export function retain(session: Session, { factory, kind, name }: RetainedName, wanted: Wanted = {}): Promise<string> {
  return KEEPERS[kind].retain(session, factory, name, wanted);
}

/** Lets go of it: data stays, unless all of it is to be deleted. */
export function release(session: Session, { factory, kind, name }: RetainedName, purge: boolean): Promise<string> {
  return KEEPERS[kind].release(session, factory, name, purge);
}

/** The factory's volume of this name. Throws when there are several or when it is another's. */
async function volumeOf(session: Session, factory: string, name: string): Promise<Volume | undefined> {
  const [volume, other] = await listVolumes(session, { name });
  if (other)
    throw new UserError(`${session.cloud}: there are several volumes ${name}; rename those that are not the factory's`);
  const owner = volume?.metadata["image_factory"];
  if (volume && owner !== factory) throw foreign("volume", name, owner);
  return volume;
}

function foreign(kind: string, name: string, owner: string | undefined): UserError {
  const whose = owner === undefined ? "carries no factory's tag" : `belongs to factory ${owner}`;
  return new UserError(`${kind} ${name}: ${whose}; it is not touched`);
}
