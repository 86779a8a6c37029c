/** What has to be true of a build before customers get it: looked at again here, whatever the build side says. */
import { createVerify, X509Certificate } from "node:crypto";
import { createReadStream } from "node:fs";
import { IN_TOTO, readEnvelope, signedPayload } from "../model/dsse";
import type { PublishRequest } from "../model/publish-request";
import { VISIBILITIES } from "../model/rotation";
import { testResult, type TestResult } from "../model/test-result";
import { Refusal, type Publisher } from "./ports";
import { imageArtefact } from "./regions";
import { imageKeys } from "./request";
import { contentOf, type Staged } from "./staged";

type Artefacts = ReadonlyMap<string, Staged>;

/** What can be said without looking at a file. Throws a Refusal. */
export async function checkPolicy(
  publisher: Publisher,
  { image, recipe, target, regions }: PublishRequest,
): Promise<void> {
  const today = publisher.now().toISOString().slice(0, 10);
  const { branches, visibility } = publisher.policy;
  const { commit, branch } = recipe;
  const short = `commit ${commit.slice(0, 12)}`;
  const reviewed = await publisher.isReviewed(commit);
  if (reviewed === false) throw new Refusal(`${short} is on none of the reviewed branches (${branches.join(", ")})`);
  if (branch === null && reviewed === undefined)
    throw new Refusal(`${short}: nobody knows of which branch it is; set publish.repository in factory.yaml`);
  if (branch !== null && !branches.includes(branch))
    throw new Refusal(`${short} is of branch ${branch}, which is not reviewed (${branches.join(", ")} are)`);
  if (image.providedUntil < today && /^\d/.test(image.providedUntil))
    throw new Refusal(
      `${image.name} was provided until ${image.providedUntil}; change providedUntil in its image.yaml`,
    );
  if (VISIBILITIES.indexOf(target.visibility) < VISIBILITIES.indexOf(visibility))
    throw new Refusal(`visibility ${target.visibility} is asked for, ${visibility} is the most that is allowed`);
  const { required, records } = image.certification;
  if (required && !records.some(({ validUntil }) => validUntil >= today))
    throw new Refusal(
      `${image.name} is published only with a vendor's certification, and has none that is valid today`,
    );
  const unknown = regions.find(({ name }) => !publisher.regions.some((region) => region.name === name));
  if (unknown) throw new Refusal(`region ${unknown.name} is asked for and is not one that the publisher publishes in`);
}

/** What the artefacts themselves say. Throws a Refusal; gives the tests' result. */
export async function checkArtefacts(
  publisher: Publisher,
  request: PublishRequest,
  artefacts: Artefacts,
): Promise<TestResult> {
  await checkSums(publisher, artefacts);
  if (publisher.trusted.image.length > 0) {
    await checkProvenance(publisher, request, artefacts);
    await checkImageSignature(publisher, request, artefacts);
  }
  return checkTests(artefacts);
}

/** What the checksums do not cover: themselves, signatures, the key; the provenance signs for itself. */
const UNLISTED = /(^(SHA256SUMS|SHA512SUMS|signing-key\.gpg)|\.asc)$/;

async function checkSums({ builders }: Publisher, artefacts: Artefacts): Promise<void> {
  const sums = await contentOf(artefacts, "SHA256SUMS");
  if ((await builders.signer(sums, await contentOf(artefacts, "SHA256SUMS.asc"))) === undefined)
    throw new Refusal("SHA256SUMS: is signed by no key that is trusted here");
  const lines = sums
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
  const listed = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  for (const { path: name, sha256 } of artefacts.values()) {
    if (UNLISTED.test(name)) continue;
    if (listed.get(name) !== sha256) throw new Refusal(`${name}: SHA256SUMS has another hash of it, or none`);
  }
}

interface Statement {
  readonly subject?: readonly { readonly name?: string; readonly digest?: { readonly sha256?: string } }[];
  readonly predicate?: {
    readonly buildDefinition?: {
      readonly externalParameters?: { readonly dirty?: boolean };
      readonly resolvedDependencies?: readonly { readonly digest?: { readonly gitCommit?: string } }[];
    };
  };
}

async function checkProvenance({ trusted }: Publisher, request: PublishRequest, artefacts: Artefacts): Promise<void> {
  const name = "provenance.dsse.json";
  const envelope = readEnvelope((await contentOf(artefacts, name)).toString("utf8"), name);
  const signed = refusing(() => signedPayload(envelope, IN_TOTO, imageKeys(trusted.image), name));
  const { subject = [], predicate } = JSON.parse(signed.toString("utf8")) as Statement;
  const image = imageArtefact(request);
  if (!subject.some((one) => one.name === image.path && one.digest?.sha256 === image.sha256))
    throw new Refusal(`${name}: is not about ${image.path} as it is`);
  const { externalParameters, resolvedDependencies = [] } = predicate?.buildDefinition ?? {};
  if (externalParameters?.dirty !== false) throw new Refusal(`${name}: tells of a tree with uncommitted changes`);
  if (!resolvedDependencies.some(({ digest }) => digest?.gitCommit === request.recipe.commit))
    throw new Refusal(`${name}: tells of another commit than the request`);
}

async function checkImageSignature(
  { trusted }: Publisher,
  request: PublishRequest,
  artefacts: Artefacts,
): Promise<void> {
  const { path: name } = imageArtefact(request);
  const signature = await contentOf(artefacts, `${name}.sig`);
  const verifiers = imageKeys(trusted.image).map((key) => ({ key, verify: createVerify("sha384") }));
  const file = artefacts.get(name)?.file ?? "";
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>)
    verifiers.forEach(({ verify }) => verify.update(chunk));
  const certificate = await contentOf(artefacts, "image-signing.crt");
  const certified = refusing(() => new X509Certificate(certificate).publicKey);
  if (!verifiers.some(({ key }) => key.equals(certified)))
    throw new Refusal("image-signing.crt: is of no image key that is trusted here");
  if (!verifiers.some(({ key, verify }) => verify.verify(key, signature)))
    throw new Refusal(`${name}.sig: is no signature of it by an image key that is trusted here`);
}

async function checkTests(artefacts: Artefacts): Promise<TestResult> {
  const name = "test/junit.xml";
  const xml = (await contentOf(artefacts, name)).toString("utf8");
  const result = refusing(() => testResult(xml));
  if (result.failed > 0) throw new Refusal(`${name}: ${result.failed} tests have failed`);
  if (result.passed === 0) throw new Refusal(`${name}: tells of no test that was passed`);
  return result;
}

function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
