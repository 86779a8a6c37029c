/** The staging bucket: artefacts that wait for publication, or for a region's Glance to fetch them. */
import path from "node:path";
import type { Session } from "../../openstack/session";
import * as swift from "../../openstack/swift";
import type { RegionTarget } from "../../model/region";
import { ARTEFACTS } from "./artefacts";
import { digestFile } from "./digests";
import { StageError } from "./errors";
import type { StageContext } from "./stage";

/** The largest object that Swift takes in one piece, bytes. */
const LARGEST_OBJECT = 5 * 1024 ** 3;

/** Seconds. */
const DAY = 86_400;

export interface Artefact {
  /** Relative to the build's artefacts. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly md5: string;
}

type Context = Pick<StageContext, "plan" | "paths" | "session" | "signal" | "log">;

/** Containers are the same in every region of a cloud that has but one object store; the home region's is asked. */
export async function bucketSession({ plan, session }: Pick<Context, "plan" | "session">): Promise<Session> {
  return session({ cloud: plan.buckets.cloud, region: plan.home.region });
}

/** What is known of one artefact; throws for one that no bucket takes. */
export async function describeArtefact({ paths, signal }: Context, name: string): Promise<Artefact> {
  const { size, hex } = await digestFile(path.join(paths.local, name), ["sha256", "md5"], signal);
  if (size > LARGEST_OBJECT) {
    throw new StageError(`${name}: has ${size} bytes, an object in a bucket may have ${LARGEST_OBJECT}`);
  }
  return { path: name, size, ...hex };
}

/** One artefact, unless an earlier run has brought it already. Swift tells a content by its MD5. */
export async function toStaging(context: Context, session: Session, artefact: Artefact): Promise<void> {
  const { plan, paths, signal, log } = context;
  const { staging } = plan.buckets;
  const name = objectName(context, artefact.path);
  const matches = async (): Promise<boolean> => {
    const there = await swift.headObject(session, staging, name);
    return there?.bytes === artefact.size && there.etag === artefact.md5;
  };
  if (await matches()) return;
  await swift.putFile(session, staging, name, path.join(paths.local, artefact.path), {
    metadata: { sha256: artefact.sha256 },
    deleteAfter: plan.buckets.stagingDays * DAY,
    signal,
  });
  if (!(await matches())) throw new StageError(`${staging}/${name}: is stored with other bytes than were sent`);
  log.line(`${staging}/${name}: ${artefact.size} bytes`);
}

/** Brings the image into the bucket, and tells where a region's Glance finds it there. */
export async function imageAddress(context: Context, region: RegionTarget): Promise<string> {
  const { importFrom } = region;
  if (importFrom === undefined) {
    throw new StageError(`factory.yaml: regions: ${region.name} has import: web-download, but no importFrom`);
  }
  const name = ARTEFACTS.image(context.plan.build);
  await toStaging(context, await bucketSession(context), await describeArtefact(context, name));
  return `${importFrom.replace(/\/+$/, "")}/${objectName(context, name)}`;
}

function objectName({ plan }: Pick<Context, "plan">, artefact: string): string {
  return `${plan.image.name}/${plan.build}/${artefact}`;
}
