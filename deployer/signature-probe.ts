/**
 * Whether Glance verifies signatures at the upload for a build host. It asks the key manager in the name of whoever
 * uploads, by a way that refuses tokens of application credentials in many clouds: the upload fails then, whatever the
 * signature. A few bytes tell.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createImage, deleteImage, uploadImage, waitForImage } from "../openstack/glance";
import { OpenStackError } from "../openstack/errors";
import type { Session } from "../openstack/session";

/** Milliseconds until an image of a few bytes is active. */
const ACTIVE_WITHIN = 60_000;

export interface SignatureProbe {
  /** With the build host's own credential. */
  readonly session: Session;
  readonly name: string;
  readonly tags: readonly string[];
  readonly content: Buffer;
  /** The four properties, with the signature of the content. */
  readonly properties: Readonly<Record<string, string>>;
}

/** Uploads a signed image and deletes it again. What else fails than Glance's own answer is thrown. */
export async function verifiesAtUpload(probe: SignatureProbe): Promise<boolean> {
  const { session, name, tags, content, properties } = probe;
  const directory = await mkdtemp(path.join(tmpdir(), "signature-probe-"));
  let id: string | undefined;
  try {
    const file = path.join(directory, "content");
    await writeFile(file, content);
    ({ id } = await createImage(session, { name, tags, properties, diskFormat: "raw" }));
    await uploadImage(session, id, file);
    await waitForImage(session, id, { timeout: ACTIVE_WITHIN, interval: 500 });
    return true;
  } catch (error) {
    if (error instanceof OpenStackError) return false;
    throw error;
  } finally {
    if (id !== undefined) await deleteImage(session, id);
    await rm(directory, { recursive: true });
  }
}
