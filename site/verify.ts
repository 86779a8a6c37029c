/** Commands by which whoever downloads an image checks it; each says PASSED or FAILED, and fails when something is wrong. */
import { artefactObject, imageFile, type Catalogue, type CatalogueImage, type Release } from "../model/catalogue";
import { PLACES, address } from "./places";
import { signatureOf } from "./site-file";
import { shellWord } from "./snippets";

export interface Check {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly commands: string;
}

const basename = (object: string): string => object.split("/").at(-1) ?? object;

/** What can be checked of a release that is in order and whose files are there, in the order of need. */
export function checks(catalogue: Catalogue, image: CatalogueImage, release: Release): readonly Check[] {
  const { build, artefacts } = release;
  const file = imageFile(release);
  const has = (...paths: readonly string[]): boolean =>
    paths.every((path) => artefacts.some((artefact) => artefact.path === path));
  const own = (...paths: readonly string[]): readonly string[] =>
    paths.map((path) => artefactObject(image.name, build, path));
  const fetch = (objects: readonly string[]): string =>
    [
      "curl --fail --silent --show-error --remote-name-all",
      ...objects.map((object) => shellWord(`${catalogue.address}/${address(object)}`)),
    ].join(" \\\n  ");
  if (!has(file)) return [];
  const certificate = release.certificate ?? catalogue.keys.image?.sha256;
  return [
    published({ catalogue, image, objects: own(file), fetch }),
    has(`${file}.asc`, "signing-key.gpg") &&
      builder({ release, file, objects: own(`${file}.asc`, "signing-key.gpg"), fetch }),
    certificate !== undefined &&
      has(`${file}.sig`, "image-signing.crt") &&
      cloud({
        certificate,
        file,
        objects: own(`${file}.sig`, "image-signing.crt"),
        fetch,
      }),
  ].filter((check) => check !== false);
}

type Fetch = (objects: readonly string[]) => string;

interface Fetched {
  readonly objects: readonly string[];
  readonly fetch: Fetch;
}

function published(of: Fetched & { readonly catalogue: Catalogue; readonly image: CatalogueImage }): Check {
  const { catalogue, image, objects, fetch } = of;
  const { keyring, fingerprint } = catalogue.keys.publisher;
  const sums = PLACES.sums(image.name);
  return {
    id: "published",
    title: "Download and check that it was published, and not changed since",
    why: "The publisher's key signs the sums of all releases that are in order; a revoked one is not among them.",
    commands: inTurn("it was published, and not changed since", [
      fetch([...objects, sums, signatureOf(sums), keyring]),
      fingerprintIs(basename(keyring), fingerprint),
      `gpgv --keyring ./${basename(keyring)} ${signatureOf(basename(sums))} ${basename(sums)}`,
      `sha256sum --check --ignore-missing ${basename(sums)}`,
    ]),
  };
}

function builder(of: Fetched & { readonly release: Release; readonly file: string }): Check {
  const { release, file, objects, fetch } = of;
  return {
    id: "builder",
    title: "Check who built it",
    why: "The build key signs every artefact, by a machine that never ran the recipe.",
    commands: inTurn("the build key has signed it", [
      fetch(objects),
      fingerprintIs("signing-key.gpg", release.signedBy),
      `gpgv --keyring ./signing-key.gpg ${file}.asc ${file}`,
    ]),
  };
}

function cloud(of: Fetched & { readonly certificate: string; readonly file: string }): Check {
  const { certificate, file, objects, fetch } = of;
  return {
    id: "cloud",
    title: "Check the signature that clouds verify",
    why: "ECDSA on P-384 with SHA-384 over the image's bytes: what Nova checks at each boot where it is told to.",
    commands: inTurn("the signature that clouds verify is right", [
      fetch(objects),
      `openssl x509 -in image-signing.crt -outform DER | sha256sum | grep --quiet '^${certificate} '`,
      "openssl x509 -in image-signing.crt -noout -pubkey >image-signing.pub",
      `openssl dgst -sha384 -verify image-signing.pub -signature ${file}.sig ${file}`,
    ]),
  };
}

/** Fails where the keyring holds another key than the one that is named. */
function fingerprintIs(keyring: string, fingerprint: string): string {
  return `gpg --show-keys --with-colons ${keyring} | grep --quiet '^fpr:.*:${fingerprint}:$'`;
}

/**
 * In a shell that people type into, nothing stops at what fails, and not all that fails says so: each command runs only
 * after those before it were right, and the last line says what came of them.
 */
function inTurn(passed: string, commands: readonly string[]): string {
  return `${[...commands, `echo 'PASSED: ${passed}'`].join(" &&\n")} ||\n{ echo 'FAILED: do not use it'; false; }`;
}
