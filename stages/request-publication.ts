/** Stage 13: artefacts into the staging bucket, then a signed request to publish them. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Session } from "../openstack/session";
import * as swift from "../openstack/swift";
import { ARTEFACTS, filesBelow, toShare } from "./lib/artefacts";
import { buildManifest } from "./lib/build-manifest";
import { digestFile } from "./lib/digests";
import { StageError } from "./lib/errors";
import { writeAtomic } from "./lib/files";
import { signFile } from "./lib/gpg";
import type { Package } from "./lib/packages";
import { publishRequest, requestText } from "./lib/publish-request";
import type { RequestData } from "./lib/results";
import { withSigner } from "./lib/signer";
import type { HostStage, StageContext } from "./lib/stage";

/** The largest object that Swift takes in one piece, bytes. */
const LARGEST_OBJECT = 5 * 1024 ** 3;

/** Seconds. */
const DAY = 86_400;

interface Artefact {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly md5: string;
}

export const stage: HostStage = {
  name: "request-publication",
  async run(context) {
    const { plan, log, signal } = context;
    const { dirty, commit } = plan.recipes;
    if (plan.options.skipPublish) return { skipped: true, message: "publication was not wanted (skip-publish)" };
    if (dirty) {
      const why = `commit ${commit.slice(0, 12)} holds changes that are in no branch: a dirty tree is never published`;
      return { skipped: true, message: why };
    }
    const session = await bucketSession(context);
    const artefacts = await log.step("artefacts", async () => listArtefacts(context));
    await log.step("upload", async () => {
      for (const artefact of artefacts) await upload(context, session, artefact);
    });
    const request = await log.step("request", async () => writeRequest(context, artefacts));
    await log.step("request into the bucket", async () => {
      // The signature first: who finds the request finds it complete.
      for (const suffix of [".asc", ""]) {
        await swift.putFile(session, plan.buckets.requests, `${plan.build}.json${suffix}`, `${request}${suffix}`, {
          signal,
        });
      }
    });
    await writeManifest(context);
    const data: RequestData = { request: `${plan.buckets.requests}/${plan.build}.json`, objects: artefacts.length };
    return { message: `${data.request}; ${artefacts.length} artefacts in ${plan.buckets.staging}`, data };
  },
};

/** Containers are the same in every region of a cloud that has but one object store; the home region's is asked. */
async function bucketSession(context: StageContext): Promise<Session> {
  const { buckets, home } = context.plan;
  return context.session({ cloud: buckets.cloud, region: home.region });
}

async function listArtefacts({ paths, signal }: StageContext): Promise<Artefact[]> {
  const found: Artefact[] = [];
  for (const name of await filesBelow(paths.local)) {
    if (name.startsWith(ARTEFACTS.request)) continue;
    const { size, hex } = await digestFile(path.join(paths.local, name), ["sha256", "md5"], signal);
    if (size > LARGEST_OBJECT) {
      throw new StageError(`${name}: has ${size} bytes, an object in a bucket may have ${LARGEST_OBJECT}`);
    }
    found.push({ path: name, size, ...hex });
  }
  return found;
}

/** One artefact, unless an earlier run has brought it already. Swift tells a content by its MD5. */
async function upload({ plan, paths, signal, log }: StageContext, session: Session, artefact: Artefact): Promise<void> {
  const { staging } = plan.buckets;
  const name = `${plan.image.name}/${plan.build}/${artefact.path}`;
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

/** Writes and signs the request; its path in the local artefacts. */
async function writeRequest(context: StageContext, artefacts: readonly Artefact[]): Promise<string> {
  const { plan, paths, signal, log } = context;
  const file = path.join(paths.local, ARTEFACTS.request);
  const stored = [context.data("register"), ...context.data("distribute").regions];
  const listed = artefacts.map(({ path: name, size, sha256 }) => ({ path: name, size, sha256 }));
  await writeAtomic(file, requestText(publishRequest(plan, { stored, artefacts: listed, at: new Date() })));
  const keyring = path.join(paths.local, ARTEFACTS.keyring);
  const { fingerprint } = plan.signing;
  await withSigner(context, async () =>
    signFile(paths, { file, keyring, fingerprint, signal, log: (line) => log.line(line) }),
  );
  for (const suffix of ["", ".asc"]) await toShare(paths, `${ARTEFACTS.request}${suffix}`, signal);
  return file;
}

/** What the deploying side keeps as the image's last release: the change check of later builds compares with it. */
async function writeManifest(context: StageContext): Promise<void> {
  const { paths } = context;
  const packages = JSON.parse(await readFile(path.join(paths.local, ARTEFACTS.packagesJson), "utf8")) as Package[];
  await writeAtomic(paths.manifest, `${JSON.stringify(buildManifest(context, packages, new Date()), null, 2)}\n`);
}
