/** How KIWI is called, and what it reads. Pure. */
import type { BuildPlan } from "../../model/plan";
import { distribution, mirrorOf } from "./distributions";
import { baseEnvironment } from "./exec";

export interface KiwiDirectories {
  /** The description, with the repositories that are really read. */
  readonly description: string;
  /** Where the root is made, and the disk. Neither it nor the cache may be in /tmp: the image has a /tmp too. */
  readonly target: string;
  readonly temporary: string;
  readonly cache: string;
  readonly home: string;
  /** KIWI's own configuration, {@link KIWI_CONFIG}. */
  readonly config: string;
}

/**
 * Partitions are mapped as diskimage-builder does it. KIWI's default asks the kernel to add partitions that parted may
 * have added before, and takes that for a failure.
 */
export const KIWI_CONFIG = "mapper:\n  - part_mapper: kpartx\n";

export function kiwiArguments(plan: Pick<BuildPlan, "image" | "options">, directories: KiwiDirectories): string[] {
  const { profiles = [], packages = [] } = plan.image.recipe;
  return [
    ...(plan.options.debug ? ["--debug"] : []),
    ...["--config", directories.config, "--logfile", "stdout"],
    ...["--shared-cache-dir", directories.cache, "--temp-dir", directories.temporary],
    ...profiles.map((profile) => `--profile=${profile}`),
    ...["system", "build", "--description", directories.description, "--target-dir", directories.target],
    ...[...packages].sort().map((name) => `--add-package=${name}`),
  ];
}

/** The builder's whole environment; no secret is in it. gpg, which KIWI calls, wants a home that is there. */
export function kiwiEnvironment({ home, temporary }: Pick<KiwiDirectories, "home" | "temporary">, sourceDate: number) {
  return baseEnvironment({
    HOME: home,
    GNUPGHOME: `${home}/gnupg`,
    TMPDIR: temporary,
    SOURCE_DATE_EPOCH: String(sourceDate),
  });
}

/** A description whose repositories are the mirrors; in the recipe they stand by their public addresses. */
export function withMirrors(description: string, { image, mirrors }: Pick<BuildPlan, "image" | "mirrors">): string {
  const { official } = distribution(image);
  return Object.entries(official).reduce(
    // to the end of the attribute: one address is another's beginning
    (text, [name, address]) =>
      text.replaceAll(`path="${address}"`, `path="${attribute(mirrorOf(official, name, mirrors))}"`),
    description,
  );
}

const attribute = (value: string): string =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Bars that are drawn over and over within a line. */
const PROGRESS = /Processing: \[[#\s]*\]\s*\d+%/;

/** The lines of KIWI's output that say something. */
export function kiwiLines(line: string): string[] {
  return line
    .split("\r")
    .map((part) => part.trimEnd())
    .filter((part) => part !== "" && !PROGRESS.test(part));
}
