/** Stage 13: artefacts into the staging bucket, then a signed request to publish them. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { PUBLISH_REQUEST } from "../model/dsse";
import { requestEnvelopeName, requestName } from "../model/request-names";
import * as swift from "../openstack/swift";
import { ARTEFACTS, filesBelow, toShare } from "./lib/artefacts";
import { buildManifest } from "./lib/build-manifest";
import { exists, readIfThere, writeAtomic } from "./lib/files";
import { signFile, verifyFile } from "./lib/gpg";
import type { Package } from "./lib/packages";
import { asksTheSame, publishRequest, requestText } from "./lib/publish-request";
import type { RequestData } from "./lib/results";
import { writeEnvelope } from "./lib/signed-envelope";
import { withSigner } from "./lib/signer";
import type { HostStage, StageContext } from "./lib/stage";
import { bucketSession, describeArtefact, toStaging, type Artefact } from "./lib/staging-bucket";

export const stage: HostStage = {
  name: "request-publication",
  async upToDate(context) {
    const { plan, data, paths } = context;
    const local = await readIfThere(path.join(paths.artefacts, ARTEFACTS.request));
    const { sums } = data("request-publication");
    if (local === undefined || sums === undefined || sums !== data("sign").sums) return false;
    const there = await swift.headObject(await bucketSession(context), plan.buckets.requests, `${plan.build}.json`);
    return there?.etag === createHash("md5").update(local).digest("hex");
  },
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
      for (const artefact of artefacts) await toStaging(context, session, artefact);
    });
    const request = await log.step("request", async () => writeRequest(context, artefacts));
    await log.step("request into the bucket", async () => {
      // The signatures first: who finds the request finds it complete.
      const envelope = path.join(context.paths.local, ARTEFACTS.requestSigned);
      const objects: [string, string][] = [
        ...((await exists(envelope)) ? ([[requestEnvelopeName(plan), envelope]] as [string, string][]) : []),
        [`${requestName(plan)}.asc`, `${request}.asc`],
        [requestName(plan), request],
      ];
      for (const [name, file] of objects) await swift.putFile(session, plan.buckets.requests, name, file, { signal });
    });
    await writeManifest(context);
    const { sums } = context.data("sign");
    const name = `${plan.buckets.requests}/${plan.build}.json`;
    const data: RequestData = { request: name, objects: artefacts.length, sums };
    return { message: `${data.request}; ${artefacts.length} artefacts in ${plan.buckets.staging}`, data };
  },
};

async function listArtefacts(context: StageContext): Promise<Artefact[]> {
  const names = (await filesBelow(context.paths.local)).filter((name) => !/^publish-request\./.test(name));
  const found: Artefact[] = [];
  for (const name of names) found.push(await describeArtefact(context, name));
  return found;
}

/**
 * Writes and signs the request; its path in the local artefacts. One that an earlier run has signed and that asks for the
 * same is sent again as it is: who has read it already reads nothing new.
 */
async function writeRequest(context: StageContext, artefacts: readonly Artefact[]): Promise<string> {
  const { plan, paths, signal, log } = context;
  const file = path.join(paths.local, ARTEFACTS.request);
  const stored = [context.data("register"), ...context.data("distribute").regions];
  const listed = artefacts.map(({ path: name, size, sha256 }) => ({ path: name, size, sha256 }));
  const request = publishRequest(plan, { stored, artefacts: listed, at: new Date() });
  const keyring = path.join(paths.local, ARTEFACTS.keyring);
  if (asksTheSame(await readIfThere(file), request) && (await isSigned(file, keyring, signal))) {
    log.line("the request of an earlier run asks for the same: it is sent again as it is");
    return file;
  }
  await writeAtomic(file, requestText(request));
  const { fingerprint } = plan.signing;
  const enveloped = await withSigner(context, async () => {
    await signFile(paths, { file, keyring, fingerprint, signal, log: (line) => log.line(line) });
    const payload = Buffer.from(requestText(request));
    const envelope = path.join(paths.local, ARTEFACTS.requestSigned);
    return writeEnvelope(context, { payload, type: PUBLISH_REQUEST, file: envelope, name: "publish request" });
  });
  const names = [ARTEFACTS.request, `${ARTEFACTS.request}.asc`, ...(enveloped ? [ARTEFACTS.requestSigned] : [])];
  for (const name of names) await toShare(paths, name, signal);
  return file;
}

async function isSigned(file: string, keyring: string, signal: AbortSignal): Promise<boolean> {
  return verifyFile({ file, keyring, signal }).then(
    () => true,
    () => false,
  );
}

/** What the deploying side keeps as the image's last release: the change check of later builds compares with it. */
async function writeManifest(context: StageContext): Promise<void> {
  const { paths } = context;
  const packages = JSON.parse(await readFile(path.join(paths.local, ARTEFACTS.packagesJson), "utf8")) as Package[];
  await writeAtomic(paths.manifest, `${JSON.stringify(buildManifest(context, packages, new Date()), null, 2)}\n`);
}
