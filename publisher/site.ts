/** Catalogue and pages in bucket release, made anew after every change and signed. */
import { createHash, X509Certificate } from "node:crypto";
import {
  artefactObject,
  CATALOGUE,
  currentRelease,
  imageFile,
  isGone,
  readCatalogue,
  type Catalogue,
} from "../model/catalogue";
import { CATALOGUE_TYPE } from "../model/dsse";
import type { Changes } from "../model/changes";
import type { ListedPackage, ReleaseDetails } from "../site/details";
import { sealed, unsealed } from "./ledger";
import type { Publisher } from "./ports";
import { writeFiles } from "./site-files";

type Store = Pick<Publisher, "release" | "key" | "renderSite">;

/** The publisher's own copy, signature and all in one object: what it goes on from, wherever it was interrupted. */
const OWN_COPY = ".factory/catalogue.json";

/** The catalogue as the publisher has last written it. Throws when somebody else has. */
export async function formerCatalogue(store: Store): Promise<Catalogue | undefined> {
  const text = (await store.release.read(OWN_COPY))?.toString("utf8");
  if (text === undefined) return undefined;
  return readCatalogue(await unsealed(store, { type: CATALOGUE_TYPE, text, name: OWN_COPY }));
}

export async function writeSite(store: Store, catalogue: Catalogue): Promise<void> {
  const { release, renderSite } = store;
  await release.write(OWN_COPY, await sealed(store, CATALOGUE_TYPE, catalogue), { type: "application/json" });
  const there = await writeFiles(store, renderSite(catalogue, await detailsOf(store, catalogue)));
  await removeImages(release, catalogue, there);
}

/** Image files of releases that no region has any more: nothing leads to them by now. What is told of them stays. */
async function removeImages(
  release: Store["release"],
  { images }: Catalogue,
  there: ReadonlyMap<string, string>,
): Promise<void> {
  for (const { name, releases } of images) {
    for (const one of releases.filter(isGone)) {
      const object = artefactObject(name, one.build, imageFile(one));
      if (there.has(object)) await release.purge(object);
    }
  }
}

/** Public keys as objects of the site, and where the catalogue says that they are. */
export async function writeKeys(
  { release, key }: Store,
  builds:
    | {
        readonly fingerprint: string;
        readonly keyring: Buffer;
        readonly armoured: Buffer;
        /** PEM of the image key's; its signature was checked. */
        readonly certificate?: Buffer;
      }
    | undefined,
  former: Catalogue | undefined,
): Promise<Catalogue["keys"]> {
  const write = async (name: string, content: string | Buffer, type = "text/plain; charset=utf-8"): Promise<string> => {
    if (!(await release.read(name))?.equals(Buffer.from(content))) await release.write(name, content, { type });
    return name;
  };
  const binary = "application/pgp-keys";
  const buildKeys = builds && {
    fingerprint: builds.fingerprint,
    keyring: await write("keys/builds.gpg", builds.keyring, binary),
    key: await write("keys/builds.asc", builds.armoured),
  };
  const ofBuilds = buildKeys ?? former?.keys.builds;
  if (!ofBuilds) throw new Error(`${release.bucket}/${CATALOGUE}: there is none yet; publish something first`);
  const certificate = builds?.certificate && new X509Certificate(builds.certificate);
  const imageKey = certificate
    ? {
        certificate: await write("keys/image-signing.crt", certificate.toString()),
        publicKey: await write(
          "keys/image-signing.pub",
          certificate.publicKey.export({ type: "spki", format: "pem" }).toString(),
        ),
        sha256: createHash("sha256").update(certificate.raw).digest("hex"),
      }
    : former?.keys.image;
  return {
    builds: ofBuilds,
    publisher: {
      fingerprint: key.fingerprint,
      keyring: await write("keys/publisher.gpg", await key.keyring(), binary),
      key: await write("keys/publisher.asc", await key.armoured()),
    },
    ...(imageKey && { image: imageKey }),
  };
}

/** What pages of current releases show in full. */
async function detailsOf({ release }: Store, catalogue: Catalogue): Promise<Map<string, ReleaseDetails>> {
  const json = async <T>(image: string, build: string, name: string): Promise<T | undefined> => {
    const content = await release.read(artefactObject(image, build, name));
    return content && (JSON.parse(content.toString("utf8")) as T);
  };
  const entries = await Promise.all(
    catalogue.images.map(async (image): Promise<[string, ReleaseDetails] | undefined> => {
      const build = currentRelease(image)?.build;
      if (build === undefined) return undefined;
      const [packages, changes] = await Promise.all([
        json<readonly ListedPackage[]>(image.name, build, "packages.json"),
        json<Changes>(image.name, build, "changes.json"),
      ]);
      return [build, { ...(packages && { packages }), ...(changes && { changes }) }];
    }),
  );
  return new Map(entries.flatMap((entry) => (entry ? [entry] : [])));
}
