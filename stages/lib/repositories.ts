/** The state of package repositories: the hash of each suite's signed metadata. */
import { exchange, readAll } from "../../openstack/http";
import { packageFamily, type PackageFamily } from "../../model/package-family";
import type { BuildPlan } from "../../model/plan";
import { sha256 } from "./digests";
import { distribution, mirrorOf } from "./distributions";
import { StageError } from "./errors";

const IDLE = 30_000;
const TRIES = 3;
/** An InRelease is some hundred KiB, a compressed index of packages some ten MiB. */
const LARGEST = 128 * 1024 * 1024;

/** Where each family keeps what vouches for a repository. */
const METADATA: Readonly<Record<PackageFamily, (suite: string) => string>> = {
  apt: (suite) => `dists/${suite}/InRelease`,
  rpm: (directory) => `${directory}/repodata/repomd.xml`,
};

/** Pure: suite ("debian bookworm-updates") → URL of its metadata. */
export function releaseUrls(plan: Pick<BuildPlan, "image" | "mirrors">): Readonly<Record<string, string>> {
  const { image, mirrors } = plan;
  const { repositories } = distribution(image);
  const entries = repositories(image.os.codename).map(({ mirror, suite }) => [
    `${image.os.distro} ${suite}`,
    `${mirrorOf(mirror, mirrors)}/${METADATA[packageFamily(image.os)](suite)}`,
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** A suite's signed metadata as it is now. */
export interface Release {
  readonly suite: string;
  readonly url: string;
  readonly text: string;
}

/** The metadata of all suites that an image is built from. */
export async function readReleases(
  plan: Pick<BuildPlan, "image" | "mirrors">,
  signal: AbortSignal,
): Promise<readonly Release[]> {
  const entries = Object.entries(releaseUrls(plan));
  return Promise.all(
    entries.map(async ([suite, url]) => ({ suite, url, text: (await download(url, signal)).toString("utf8") })),
  );
}

/** Suite → SHA-256 of its metadata. */
export function releaseDigests(releases: readonly Release[]): Record<string, string> {
  return Object.fromEntries(releases.map(({ suite, text }) => [suite, sha256(text)]));
}

/** Pure: when the newest of them was made, seconds since 1970. */
export function newestDate(releases: readonly Pick<Release, "text" | "url">[]): number {
  const dates = releases.map(({ text, url }) => {
    const revision = /<revision>(\d+)<\/revision>/.exec(text)?.[1];
    const date = revision === undefined ? Date.parse(/^Date: (.+)$/m.exec(text)?.[1] ?? "") : Number(revision) * 1000;
    if (Number.isNaN(date)) throw new StageError(`${url}: has no date; is it a repository's metadata?`);
    return date;
  });
  return Math.floor(Math.max(...dates) / 1000);
}

/** A file of a repository; throws a StageError that names the URL. */
export async function download(url: string, signal: AbortSignal): Promise<Buffer> {
  let last: unknown;
  for (let tried = 0; tried < TRIES; tried++) {
    try {
      return await downloadOnce(new URL(url), signal);
    } catch (error) {
      if (signal.aborted || error instanceof StageError) throw error;
      last = error;
    }
  }
  throw new StageError(`${url}: cannot be read; check infrastructure.mirrors in factory.yaml`, undefined, {
    cause: last,
  });
}

async function downloadOnce(url: URL, signal: AbortSignal, redirects = 5): Promise<Buffer> {
  const answer = await exchange({ method: "GET", url, headers: {}, idleTimeout: IDLE, signal });
  const body = await readAll(answer, LARGEST, signal);
  const { location } = answer.headers;
  if (answer.status >= 300 && answer.status < 400 && location !== undefined && redirects > 0) {
    return downloadOnce(new URL(location, url), signal, redirects - 1);
  }
  if (answer.status === 404)
    throw new StageError(`${url.href}: is not there; check infrastructure.mirrors and os.codename`);
  if (answer.status !== 200) throw new Error(`HTTP ${answer.status} ${answer.statusText}`);
  return body;
}
