/** A publish request as the publisher reads it: by whom it is signed is looked at before anything of it is believed. */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { PUBLISH_REQUEST, readEnvelope, signedPayload } from "../model/dsse";
import { BUILD_ID, parseBuildId } from "../model/naming";
import { readPublishRequest, requestEnvelopeName, requestName, type PublishRequest } from "../model/publish-request";
import type { Publisher } from "./ports";

export interface OpenedRequest {
  readonly request: PublishRequest;
  /** SHA-256 of its bytes. */
  readonly digest: string;
}

type Reader = Pick<Publisher, "requests" | "trusted" | "builders" | "factory">;

/**
 * The request of a build. Throws one line when there is none, or when it is not signed by those who are trusted: then
 * nobody knows whose word it is, and nothing is recorded.
 */
export async function openRequest(reader: Reader, build: string): Promise<OpenedRequest> {
  const name = requestName({ build });
  const where = `${reader.requests.bucket}/${name}`;
  const bytes = await reader.requests.read(name);
  if (!bytes) throw new Error(`${where}: there is none; factory publish list shows what there is`);
  const signature = await reader.requests.read(`${name}.asc`);
  if (!signature) throw new Error(`${where}: its signature ${name}.asc is missing`);
  const signer = await reader.builders.signer(bytes, signature);
  if (signer === undefined) throw new Error(`${where}: is signed by no OpenPGP key that is trusted here`);
  await checkEnvelope(reader, build, bytes);
  const request = readPublishRequest(bytes.toString("utf8"), where);
  if (request.build !== build) throw new Error(`${where}: asks for ${request.build}`);
  if (request.factory !== reader.factory) throw new Error(`${where}: is of factory ${request.factory}`);
  if (request.image.name !== parseBuildId(build).image) throw new Error(`${where}: is about ${request.image.name}`);
  if (request.signedBy !== signer) throw new Error(`${where}: says that ${request.signedBy} signed it, not ${signer}`);
  return { request, digest: createHash("sha256").update(bytes).digest("hex") };
}

/** Where an image key is trusted, it must have signed the very same bytes. */
async function checkEnvelope({ requests, trusted }: Reader, build: string, bytes: Buffer): Promise<void> {
  if (trusted.image.length === 0) return;
  const name = requestEnvelopeName({ build });
  const where = `${requests.bucket}/${name}`;
  const text = (await requests.read(name))?.toString("utf8");
  if (text === undefined) throw new Error(`${where}: there is none, and requests have to be signed by the image key`);
  const payload = signedPayload(readEnvelope(text, where), PUBLISH_REQUEST, imageKeys(trusted.image), where);
  if (!payload.equals(bytes)) throw new Error(`${where}: holds another request than ${requestName({ build })}`);
}

/** Of certificates or public keys in PEM. Throws one line for what is neither. */
export const imageKeys = (pems: readonly string[]): KeyObject[] =>
  pems.map((pem, index) => {
    try {
      return createPublicKey(pem);
    } catch (error) {
      const which = `publish.trustedCertificates: ${index + 1} of ${pems.length}`;
      throw new Error(`${which} is no certificate and no public key in PEM`, { cause: error });
    }
  });

/** Builds that a request lies there for, the oldest first. */
export async function requestedBuilds({ requests }: Pick<Publisher, "requests">): Promise<string[]> {
  const names = await requests.list("");
  const builds = names.flatMap((name) => {
    const build = name.endsWith(".json") ? name.slice(0, -".json".length) : "";
    return BUILD_ID.test(build) ? [build] : [];
  });
  const started = (build: string): number => parseBuildId(build).started.getTime();
  return builds.sort((a, b) => started(a) - started(b) || (a < b ? -1 : 1));
}
