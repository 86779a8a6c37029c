/** Names of what a build leaves, and how it gets to the share. */
import { cp, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { copyAtomic } from "./files";
import type { Layout } from "./layout";

/** Relative to the artefacts' directory. */
export const ARTEFACTS = {
  image: (build: string): string => `${build}.qcow2`,
  /** Over the image's bytes, for Glance: DER, ECDSA with SHA-384; and the X.509 certificate of its key. */
  imageSignature: (build: string): string => `${build}.qcow2.sig`,
  imageCertificate: "image-signing.crt",
  packages: "packages.txt",
  packagesJson: "packages.json",
  /** Hash sets over the image file and over the files inside it. */
  imageHashes: "image.hashdeep",
  fileHashes: "files.hashdeep",
  test: "test",
  logs: "logs",
  sbomSpdx: "sbom.spdx.json",
  sbomCycloneDx: "sbom.cdx.json",
  /** What has changed since the image's last release. */
  changes: "changes.json",
  changesText: "changes.md",
  provenance: "provenance.json",
  /** The same, signed by the image key: an envelope. */
  provenanceSigned: "provenance.dsse.json",
  sums: "SHA256SUMS",
  longSums: "SHA512SUMS",
  keyring: "signing-key.gpg",
  key: "signing-key.asc",
  request: "publish-request.json",
  /** The same bytes in an envelope, signed by the image key. */
  requestSigned: "publish-request.dsse.json",
} as const;

/** Copies one local artefact (a file or a directory of small files) to the share. */
export async function toShare(
  paths: Pick<Layout, "local" | "artefacts">,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  await copyAtomic(path.join(paths.local, name), path.join(paths.artefacts, name), signal);
}

/** Copies all files of a local directory of artefacts to the share. */
export async function directoryToShare(
  paths: Pick<Layout, "local" | "artefacts">,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  for (const file of await filesBelow(path.join(paths.local, name)))
    await toShare(paths, path.join(name, file), signal);
}

/** Snapshot of a directory into another; what was there is replaced. */
export async function snapshot(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await cp(from, to, { recursive: true });
}

/** Files below a directory, relative to it, sorted; hidden ones are left out. */
export async function filesBelow(directory: string, below = ""): Promise<string[]> {
  const entries = await readdir(path.join(directory, below), { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter((entry) => !entry.name.startsWith("."))
      .map(async (entry) => {
        const name = path.join(below, entry.name);
        return entry.isDirectory() ? filesBelow(directory, name) : [name];
      }),
  );
  return found.flat().sort();
}
