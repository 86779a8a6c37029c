/** What the catalogue says of a build, read from its artefacts and its images. */
import { createHash, X509Certificate } from "node:crypto";
import type { Changes } from "../model/changes";
import type { PublishRequest } from "../model/publish-request";
import type { PlannedEntry } from "../model/release-plan";
import type { TestResult } from "../model/test-result";
import type { GlanceImage } from "../openstack/glance";
import { Refusal } from "./ports";
import { imageArtefact } from "./regions";
import { contentOf, type Staged } from "./staged";

export interface EntryFacts {
  readonly request: PublishRequest;
  readonly artefacts: ReadonlyMap<string, Staged>;
  readonly tests: TestResult;
  /** Its images in all regions. */
  readonly images: readonly GlanceImage[];
  /** ISO 8601: when it is published. */
  readonly at: string;
}

/** Throws a Refusal when the image does not say up to when patches are in it. */
export async function catalogueEntry({ request, artefacts, tests, images, at }: EntryFacts): Promise<PlannedEntry> {
  const file = imageArtefact(request);
  const [image] = images;
  if (!image) throw new Refusal(`${request.build}: has no image`);
  const { packages, virtualSize, since } = await changesOf(artefacts, file.size);
  return {
    build: request.build,
    released: at,
    patchedUntil: patchedUntil(image),
    commit: request.recipe.commit,
    ...(artefacts.has("image-signing.crt") && {
      certificate: certificateHash(await contentOf(artefacts, "image-signing.crt")),
    }),
    signedBy: request.signedBy,
    format: image.disk_format ?? "qcow2",
    size: file.size,
    virtualSize,
    minDiskGiB: image.min_disk,
    minRamMiB: image.min_ram,
    sha256: file.sha256,
    sha512: artefacts.get(file.path)?.sha512 ?? "",
    properties: commonProperties(images),
    artefacts: request.artefacts
      .map(({ path, size }) => ({ path, size }))
      .filter(({ path }) => isShown(path))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    tests: { passed: tests.passed, skipped: tests.skipped },
    packages,
    changes: since,
  };
}

function certificateHash(pem: Buffer): string {
  return createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
}

/** The web site shows nothing whose name begins with a dot. */
const isShown = (path: string): boolean => !/(^|\/)\./.test(path);

async function changesOf(
  artefacts: ReadonlyMap<string, Staged>,
  size: number,
): Promise<{ packages: number; virtualSize: number; since: PlannedEntry["changes"] }> {
  if (!artefacts.has("changes.json")) {
    const listed = artefacts.has("packages.txt") ? (await contentOf(artefacts, "packages.txt")).toString("utf8") : "";
    return { packages: listed.split("\n").filter((line) => line !== "").length, virtualSize: size, since: null };
  }
  const changes = JSON.parse((await contentOf(artefacts, "changes.json")).toString("utf8")) as Changes;
  const { total, added, gone, updated } = changes.packages;
  const counts = { updated: updated.length, added: added.length, gone: gone.length };
  const since = changes.since && { since: changes.since.build, ...counts };
  return { packages: total, virtualSize: changes.virtualSize.to, since };
}

/** SCS-0102 image_build_date (`2026-03-01 12:30:05`) as a moment. */
function patchedUntil(image: GlanceImage): string {
  const told = String(image["image_build_date"]);
  const time = new Date(`${told.replace(" ", "T")}${told.length > 10 ? "Z" : ""}`);
  if (Number.isNaN(time.getTime())) throw new Refusal(`image ${image.id}: image_build_date is "${told}", no time`);
  return time.toISOString();
}

/** Glance's own, and those that differ by region or by release. */
const OWN =
  /^(id|name|status|visibility|size|virtual_size|checksum|os_hash_.*|os_hidden|protected|disk_format|container_format|min_disk|min_ram|owner|created_at|updated_at|self|file|schema|stores|direct_url|img_signature.*|image_factory_(released|retired|base)|owner_specified.*)$/;

function commonProperties(images: readonly GlanceImage[]): Record<string, string> {
  const [first, ...others] = images;
  return Object.fromEntries(
    Object.entries(first ?? {}).flatMap(([key, value]) =>
      typeof value === "string" && !OWN.test(key) && others.every((one) => one[key] === value) ? [[key, value]] : [],
    ),
  );
}
