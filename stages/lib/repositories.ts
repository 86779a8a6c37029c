/** The state of package repositories: the hash of each suite's signed metadata. */
import { exchange, readAll } from "../../openstack/http";
import type { BuildPlan } from "../../model/plan";
import { sha256 } from "./digests";
import { distribution } from "./distributions";
import { StageError } from "./errors";

const IDLE = 30_000;
const TRIES = 3;
/** An InRelease is some hundred KiB. */
const LARGEST = 16 * 1024 * 1024;

/** Pure: suite ("debian bookworm-updates") → URL of its InRelease. */
export function releaseUrls(plan: Pick<BuildPlan, "image" | "mirrors">): Readonly<Record<string, string>> {
  const { image, mirrors } = plan;
  const entries = distribution(image)
    .repositories(image.os.codename)
    .map(({ mirror, suite }) => [
      `${image.os.distro} ${suite}`,
      `${mirrors[mirror].replace(/\/+$/, "")}/dists/${suite}/InRelease`,
    ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Suite → SHA-256 of its InRelease now. */
export async function repositoryDigests(
  plan: Pick<BuildPlan, "image" | "mirrors">,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const entries = Object.entries(releaseUrls(plan)).map(
    async ([suite, url]) => [suite, sha256(await download(url, signal))] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function download(url: string, signal: AbortSignal): Promise<Buffer> {
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
