/** Which package archives the repositories vouch for: names and hashes from indices whose signature holds. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { BuildPlan } from "../../model/plan";
import { distribution } from "./distributions";
import { StageError } from "./errors";
import { exec } from "./exec";
import { downloadIndex, eachStanza, indexOf } from "./package-index";
import type { Release } from "./repositories";

export interface SignedArchive {
  /** What apt calls it in its cache: `curl_7.88.1-10+deb12u5_amd64.deb`. */
  readonly file: string;
  readonly package: string;
  /** Bytes. */
  readonly size: number;
}

export interface SignedOptions {
  readonly plan: Pick<BuildPlan, "image">;
  readonly releases: readonly Release[];
  /** A directory for downloads. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** File of the keys that the metadata must be signed with. @default the distribution's own */
  readonly keyring?: string;
}

/** By SHA-256. Throws when metadata is not signed by the distribution. */
export async function signedArchives(options: SignedOptions): Promise<ReadonlyMap<string, SignedArchive>> {
  const { plan, releases, directory, signal } = options;
  const keyring = options.keyring ?? distribution(plan.image).keyring;
  if (keyring === undefined) throw new StageError(`no keys of ${plan.image.os.distro} are on this host`);
  const found = new Map<string, SignedArchive>();
  for (const release of releases) {
    await verify(release, { keyring, directory, signal });
    const content = await downloadIndex(indexOf(release, plan.image.architecture), signal);
    await eachStanza(content, { directory, signal }, (stanza) => {
      const { Package: name = "", Version: version = "", Architecture: architecture = "" } = stanza;
      const { SHA256: hash = "", Size: size = "" } = stanza;
      if (!/^[0-9a-f]{64}$/.test(hash)) return;
      found.set(hash, { file: archiveName(name, version, architecture), package: name, size: Number(size) });
    });
  }
  return found;
}

/** apt's name for an archive: a colon in the version is escaped. Throws for what would be no name of a file. */
export function archiveName(name: string, version: string, architecture: string): string {
  const file = `${name}_${version.replaceAll(":", "%3a")}_${architecture}.deb`;
  if (file.includes("/")) throw new StageError(`${file}: is no name of a package archive`);
  return file;
}

async function verify(
  { url, text, suite }: Release,
  {
    keyring,
    directory,
    signal,
  }: { readonly keyring: string; readonly directory: string; readonly signal: AbortSignal },
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, `${suite.replace(/[^a-z0-9-]/g, "-")}.InRelease`);
  try {
    await writeFile(file, text);
    await exec("gpgv", ["--quiet", "--keyring", keyring, file], { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new StageError(`${url}: is not signed with a key of ${keyring}`, undefined, { cause: error });
  } finally {
    await rm(file, { force: true });
  }
}
