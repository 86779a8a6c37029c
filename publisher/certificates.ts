/**
 * What becomes of the properties by which Nova verifies an image: whoever boots it has to be able to read its
 * certificate, or can't boot it where Nova looks. Kept in each region where customers read it, as they see it.
 */
import { X509Certificate } from "node:crypto";
import type { PublishRequest } from "../model/publish-request";
import type { Attributes } from "../model/release-plan";
import { signatureProperties } from "../model/released-image";
import type { Publisher, RegionPort } from "./ports";
import type { ListedRegion } from "./regions";

export interface SignatureChange {
  readonly before: Attributes;
  readonly after: Attributes;
}

interface Published {
  readonly request: PublishRequest;
  readonly listed: readonly ListedRegion[];
  /** PEM among the build's artefacts. */
  readonly certificate: string | undefined;
  readonly dryRun: boolean;
}

/** Name of a region → what changes of its image's signature; tells of each region what and why. */
export async function signaturesForCustomers(
  publisher: Pick<Publisher, "policy" | "say">,
  { request, listed, certificate, dryRun }: Published,
): Promise<ReadonlyMap<string, SignatureChange>> {
  const changes = new Map<string, SignatureChange>();
  // Those whom an image is shared with were let read the certificate, or are asked for.
  if (request.target.visibility === "shared") return changes;
  for (const { port, images } of listed) {
    const wanted = request.regions.find(({ name }) => name === port.name);
    const image = images?.find(({ id }) => id === wanted?.imageId);
    const before = image ? signatureProperties(image) : {};
    const own = before[CERTIFICATE];
    if (own === undefined) continue;
    const found = await readable(publisher, port, { own, certificate, dryRun });
    const keeps = "id" in found;
    const copied = { before: { [CERTIFICATE]: own }, after: { [CERTIFICATE]: keeps ? found.id : own } };
    if (!keeps) changes.set(port.name, { before, after: absent(before) });
    else if (found.id !== own) changes.set(port.name, copied);
    const what = keeps ? "keeps" : "goes without";
    publisher.say(`${request.build}: ${port.name}: ${what} the properties of its signature: ${found.why}`);
  }
  return changes;
}

const CERTIFICATE = "img_signature_certificate_uuid";

type Readable = { readonly id: string; readonly why: string } | { readonly why: string };

interface Asked {
  /** Id of the certificate as the build has left it. */
  readonly own: string;
  readonly certificate: string | undefined;
  readonly dryRun: boolean;
}

async function readable(
  { policy }: Pick<Publisher, "policy">,
  { certificates = {} }: RegionPort,
  { own, certificate, dryRun }: Asked,
): Promise<Readable> {
  const { seen, place } = certificates;
  const copy = place && certificate !== undefined ? await place.find(certificate) : own;
  if (copy === undefined && dryRun) return { id: own, why: "its certificate would be put where customers may read it" };
  const id = copy ?? (certificate === undefined ? own : await place?.keep(certificate)) ?? own;
  if (!seen)
    return policy.signatureProperties === "keep"
      ? { id, why: "publish.signatureProperties says that everybody may read its certificate" }
      : { why: "nobody has said that customers may read its certificate (publish.customers)" };
  const pem = await seen(id);
  if (pem === undefined) return { why: "customers may not read its certificate there" };
  if (certificate === undefined || !isSame(pem, certificate))
    return { why: "the certificate that customers read there is not the build's" };
  return { id, why: "customers read its certificate" };
}

function isSame(one: string, other: string): boolean {
  try {
    return new X509Certificate(one).fingerprint256 === new X509Certificate(other).fingerprint256;
  } catch {
    return false;
  }
}

const absent = (properties: Attributes): Attributes =>
  Object.fromEntries(Object.keys(properties).map((key) => [key, null]));
