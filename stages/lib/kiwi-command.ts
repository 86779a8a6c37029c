/** How KIWI is called, and what it reads. Pure. */
import type { BuildPlan } from "../../model/plan";
import { distribution, mirrorOf } from "./distributions";
import { baseEnvironment } from "./exec";

export interface KiwiDirectories {
  /** The description, with the repositories that are really read. */
  readonly description: string;
  /** Where the root is made. Neither it nor the cache may be in /tmp: the image has a /tmp too. */
  readonly root: string;
  /** Where the disk is made. */
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

export interface KiwiCall {
  /** For the log. */
  readonly title: string;
  readonly args: readonly string[];
}

/**
 * The calls that make an image, in order. KIWI's `system build` would leave what the first packages brought as it came
 * from the one repository that they are taken from: security updates of these are a call of their own.
 */
export function kiwiCalls(plan: Pick<BuildPlan, "image" | "options">, directories: KiwiDirectories): KiwiCall[] {
  const { profiles = [], packages = [] } = plan.image.recipe;
  const common = [
    ...(plan.options.debug ? ["--debug"] : []),
    ...["--config", directories.config, "--logfile", "stdout"],
    ...["--shared-cache-dir", directories.cache, "--temp-dir", directories.temporary],
    ...profiles.map((profile) => `--profile=${profile}`),
    "system",
  ];
  const root = ["--root", directories.root];
  const wanted = [...packages].sort().map((name) => `--add-package=${name}`);
  return [
    {
      title: "kiwi: root",
      args: [...common, "prepare", "--description", directories.description, ...root, ...wanted],
    },
    { title: "kiwi: updates", args: [...common, "update", ...root] },
    { title: "kiwi: disk", args: [...common, "create", ...root, "--target-dir", directories.target] },
  ];
}

/**
 * The builder's whole environment; no secret is in it. gpg, which KIWI calls, wants a home that is there. KIWI hands it on
 * to the packages' scripts in the image, where a TMPDIR of ours would not exist: KIWI's own is an argument.
 */
export function kiwiEnvironment({ home }: Pick<KiwiDirectories, "home">, sourceDate: number) {
  return baseEnvironment({
    HOME: home,
    GNUPGHOME: `${home}/gnupg`,
    SOURCE_DATE_EPOCH: String(sourceDate),
  });
}

/** A description whose repositories, and their keys, are read from the mirrors; in the recipe stand placeholders. */
export function withMirrors(description: string, { image, mirrors }: Pick<BuildPlan, "image" | "mirrors">): string {
  const placeholders = Object.entries(distribution(image).placeholders) as [keyof BuildPlan["mirrors"], string][];
  return placeholders.reduce((text, [name, placeholder]) => {
    const starts = ATTRIBUTES.map((attribute) => `${attribute}="${placeholder}`).filter((start) =>
      text.includes(start),
    );
    if (starts.length === 0) return text;
    const address = escaped(mirrorOf(name, mirrors));
    // to the end of a part of the path: one address is another's beginning
    return ["/", '"'].reduce(
      (all, end) =>
        starts.reduce((one, start) => one.replaceAll(start + end, start.replace(placeholder, address) + end), all),
      text,
    );
  }, description);
}

/** Of KIWI's description: where a repository is, where its keys are. */
const ATTRIBUTES = ["path", "key"];

const escaped = (value: string): string =>
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

const LOG_LINE = /^\[ (?<level>[A-Z]+) *\]: [\d:]+ \| (?<text>.*)$/;
const PACKAGE_ERROR = /^(dpkg: error|E: |error: )/;

/** What KIWI's last error was about, in one line; tidying up it says more after it. Undefined when it told of none. */
export function kiwiReason(output: string): string | undefined {
  const lines = output.split("\n").map((line) => line.trim());
  const at = lines.findLastIndex((line) => LOG_LINE.exec(line)?.groups?.["level"] === "ERROR");
  if (at < 0) return undefined;
  const error = LOG_LINE.exec(lines[at] ?? "")?.groups?.["text"]?.trim() ?? "";
  if (!error.endsWith(":")) return error;
  const end = lines.findIndex((line, index) => index > at && LOG_LINE.test(line));
  const more = lines.slice(at + 1, end < 0 ? undefined : end).filter((line) => line !== "");
  const told = more.find((line) => PACKAGE_ERROR.test(line)) ?? more[0] ?? "";
  return `${error} ${told.replace(/:$/, "")}`.trim().slice(0, 300);
}
