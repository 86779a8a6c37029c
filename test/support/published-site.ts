/** A site as the publisher leaves it, in a directory: real artefacts and pages about them, signed by keys of the test. */
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { GnupgHome } from "../../deployer/gnupg";
import { SIGNING_KEY } from "../../deployer/gnupg-keys";
import { artefactObject, type Catalogue, type Release } from "../../model/catalogue";
import { renderSite } from "../../site/render";
import { signatureOf, type SiteFiles } from "../../site/site-file";
import { filesBelow } from "../../stages/lib/artefacts";
import { release, revoked, smallCatalogue } from "./catalogues";
import { makeArtefacts } from "./signed-artefacts";

const PUBLISHER = "Test Publisher <publisher@example.org>";

export interface PublishedSite {
  readonly catalogue: Catalogue;
  /** The release whose files are there. */
  readonly release: Release;
  stop(): void;
}

/**
 * Makes it in `site`, to be served at `address`; `work` has to be a short path, since sockets lie in it. The current
 * release of debian-12 is real, files of others are a line of text each.
 */
export async function publishSite(site: string, work: string, address: string): Promise<PublishedSite> {
  const made = await makeArtefacts(path.join(work, "b"));
  const publisher = new GnupgHome(path.join(work, "p"));
  const { fingerprint } = await publisher.ensureKey(SIGNING_KEY, "generate", PUBLISHER, () => Promise.resolve(""));
  const names = (await filesBelow(made.directory)).filter((name) => !name.includes("gnupg"));
  const current = realRelease(made.directory, made.build, names, made.plan.signing.fingerprint);
  const certificate = path.join(made.directory, "image-signing.crt");
  const catalogue = withRelease({ ...smallCatalogue(), address }, current, fingerprint, certificate);

  for (const { name, releases } of catalogue.images) {
    for (const { build, artefacts } of releases) {
      for (const artefact of artefacts) {
        const file = path.join(site, artefactObject(name, build, artefact.path));
        mkdirSync(path.dirname(file), { recursive: true });
        if (build === current.build) cpSync(path.join(made.directory, artefact.path), file);
        else writeFileSync(file, `${artefact.path}\n`);
      }
    }
  }
  await writeKeys(site, catalogue, made.directory, publisher);
  const packages = [...Array(300).keys()].map((n) => ({ name: `pkg-${n}`, version: `1.${n}`, architecture: "amd64" }));
  const changes = {
    packages: { total: 300, added: [], gone: [], updated: [{ name: "pkg-7", from: "1.6", to: "1.7" }] },
  };
  writeSite(site, renderSite(catalogue, new Map([[current.build, { packages, changes }]])), publisher);
  const stop = (): void => {
    made.stop();
    execFileSync("gpgconf", ["--homedir", publisher.directory, "--kill", "gpg-agent"]);
  };
  return { catalogue, release: current, stop };
}

const digest = (algorithm: string, file: string): string =>
  createHash(algorithm).update(readFileSync(file)).digest("hex");

function realRelease(directory: string, build: string, names: readonly string[], signedBy: string): Release {
  const [template] = smallCatalogue().images[0]!.releases;
  const image = path.join(directory, `${build}.qcow2`);
  return {
    ...template!,
    build,
    signedBy,
    size: statSync(image).size,
    sha256: digest("sha256", image),
    sha512: digest("sha512", image),
    artefacts: names.map((name) => ({ path: name, size: statSync(path.join(directory, name)).size })),
    copies: template!.copies.map((copy) => ({
      ...copy,
      hash: { algorithm: "sha512", value: digest("sha512", image) },
    })),
  };
}

/** With the release as the newest of the first image; those before it began earlier, and one of them is revoked. */
function withRelease(catalogue: Catalogue, current: Release, publisher: string, certificate: string): Catalogue {
  const der = execFileSync("openssl", ["x509", "-in", certificate, "-outform", "DER"]);
  const { keys, images } = catalogue;
  const [image, ...others] = images;
  const { name, title, regions } = image!;
  const [second, third, ...older] = [12, 13, 14, 15].map((age) => release(name, title, regions, age));
  const releases = [current, second!, revoked(third!, "CVE-2026-1234: sshd took every password"), ...older];
  return {
    ...catalogue,
    keys: {
      builds: { ...keys.builds, fingerprint: current.signedBy },
      publisher: { ...keys.publisher, fingerprint: publisher },
      image: { ...keys.image!, sha256: createHash("sha256").update(der).digest("hex") },
    },
    images: [{ ...image!, releases }, ...others],
  };
}

async function writeKeys(site: string, { keys }: Catalogue, directory: string, publisher: GnupgHome): Promise<void> {
  mkdirSync(path.join(site, "keys"), { recursive: true });
  const copies = [
    ["signing-key.gpg", keys.builds.keyring],
    ["signing-key.asc", keys.builds.key],
    ["image-signing.crt", keys.image!.certificate],
  ] as const;
  for (const [from, to] of copies) cpSync(path.join(directory, from), path.join(site, to));
  const armoured = await publisher.publicKey(keys.publisher.fingerprint);
  writeFileSync(path.join(site, keys.publisher.key), armoured);
  const keyring = execFileSync("gpg", ["--dearmor"], { input: armoured });
  writeFileSync(path.join(site, keys.publisher.keyring), keyring);
  const key = execFileSync("openssl", ["x509", "-in", path.join(site, keys.image!.certificate), "-noout", "-pubkey"]);
  writeFileSync(path.join(site, keys.image!.publicKey!), key);
}

/** Writes what was rendered, signed as each file asks for it. */
export function writeSite(site: string, files: SiteFiles, publisher: GnupgHome): void {
  const sign = (how: string, content: string): Buffer =>
    execFileSync("gpg", ["--homedir", publisher.directory, "--batch", "--quiet", how, "--output", "-"], {
      input: content,
    });
  for (const [name, { content, sign: how }] of files) {
    const file = path.join(site, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, how === "clear" ? sign("--clearsign", content) : content);
    if (how === "detached") writeFileSync(signatureOf(file), sign("--detach-sign", content));
  }
}
