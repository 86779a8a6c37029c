/**
 * The factory's share, as the deploying side reaches it: over SSH on the NFS server itself, so that `flock` there decides
 * between deploying sides wherever they are. Scripts get names as arguments and content by standard input.
 */
import { createHash } from "node:crypto";
import { parseEvents, type BuildEvent } from "../model/events";
import { parseBuildId } from "../model/naming";
import { SHARE_PATHS } from "../model/plan";
import { commandLine, quote } from "./shell";
import type { SshHost } from "./ssh";

export interface LeaseFiles {
  /** Text of the lease; undefined when there is none. */
  readonly lease: string | undefined;
  /** Text of the build host's sign of life. */
  readonly heartbeat: string | undefined;
  /** The NFS server's clock: the one that all deploying sides share. */
  readonly now: Date;
}

export interface StoredBuild {
  readonly image: string;
  readonly build: string;
  /** All writers' events by file name, each in its own order. */
  readonly events: Readonly<Record<string, readonly BuildEvent[]>>;
}

/** Separates files in one answer; no line of JSON begins like this. */
const MARK = "@@ ";

export class Store {
  /** @param directory the exported directory on the NFS server */
  constructor(
    readonly host: SshHost,
    readonly directory: string = SHARE_PATHS.exported,
  ) {}

  /** Throws when the share's volume is not mounted there. */
  async check(): Promise<void> {
    await this.script(`test -d "$1" || { echo "the share is not there: $PWD/$1 is missing" >&2; exit 1; }`, [
      SHARE_PATHS.leases,
    ]);
  }

  async readLease(image: string): Promise<LeaseFiles> {
    const answer = await this.script(
      `test -d "$1" || { echo "the share is not there: $PWD/$1 is missing" >&2; exit 1; }
       date +%s; for f in "$1/$2.json" "$1/$2.host.json"; do if test -e "$f"; then base64 -w0 <"$f"; else printf -; fi; echo; done`,
      [SHARE_PATHS.leases, image],
    );
    const [seconds = "", lease = "-", heartbeat = "-"] = answer.split("\n");
    const text = (field: string): string | undefined =>
      field === "-" ? undefined : Buffer.from(field, "base64").toString("utf8");
    return { now: new Date(Number(seconds) * 1000), lease: text(lease), heartbeat: text(heartbeat) };
  }

  /** Compare and swap: writes (or, with undefined, removes) the lease if it still is `expected`. Tells whether it was. */
  async swapLease(image: string, expected: string | undefined, next: string | undefined): Promise<boolean> {
    const answer = await this.script(
      `cd "$1"; exec 9>"$2.lock"; flock -w 20 9 || { echo "lease of $2: its lock is held by another process" >&2; exit 1; }
       f="$2.json"; have=absent; if test -e "$f"; then have=$(sha256sum <"$f" | cut -d" " -f1); fi
       if test "$have" != "$3"; then echo changed; exit 0; fi
       if test "$4" = remove; then rm -f "$f"; else cat >"$f.part"; sync "$f.part"; mv "$f.part" "$f"; fi; echo swapped`,
      [
        SHARE_PATHS.leases,
        image,
        expected === undefined ? "absent" : digest(expected),
        next === undefined ? "remove" : "write",
      ],
      next ?? "",
    );
    return answer.trim() === "swapped";
  }

  /** Leases of all images that have one, by image. */
  async leases(): Promise<Map<string, string>> {
    const answer = await this.script(
      `cd "$1"; for f in *.json; do case "$f" in *.host.json) ;; *) test -e "$f" && { printf "${MARK}%s\\n" "$f"; cat "$f"; echo; } ;; esac; done; true`,
      [SHARE_PATHS.leases],
    );
    return new Map(sections(answer).map(([name, text]) => [name.replace(/\.json$/, ""), text]));
  }

  /** Makes a build's directories. */
  async prepareBuild(build: string): Promise<void> {
    await this.script(`install -d -m 0755 "$1/events" "$1/logs" "$1/artefacts"`, [buildDirectory(build)]);
  }

  /** Appends to the deployer's events of the build. */
  async appendEvents(build: string, events: readonly BuildEvent[]): Promise<void> {
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    // A line that a crash cut off must not swallow the next one.
    await this.script(
      `mkdir -p "$1/events"; f="$1/events/deployer.jsonl"; if test -s "$f" && test -n "$(tail -c1 "$f")"; then echo >>"$f"; fi; cat >>"$f"`,
      [buildDirectory(build)],
      lines,
    );
  }

  /** Events of one build; none when it has no directory. */
  async readBuild(build: string): Promise<StoredBuild> {
    const { image } = parseBuildId(build);
    const answer = await this.script(
      `for f in "$1"/events/*.jsonl; do test -e "$f" || continue; printf "${MARK}%s\\n" "\${f##*/}"; cat "$f"; echo; done`,
      [buildDirectory(build)],
    );
    return { image, build, events: eventFiles(sections(answer)) };
  }

  /** The newest builds of one image or of all, newest first. */
  async listBuilds(image: string | undefined, limit: number): Promise<StoredBuild[]> {
    const answer = await this.script(
      `cd "$1"; for i in \${2:-*}; do test -d "$i" || continue
         ls -1 "$i" | sort -r | head -n "$3" | while read -r b; do
           printf "${MARK}%s\\n" "$i/$b"
           for f in "$i/$b"/events/*.jsonl; do test -e "$f" || continue; printf "${MARK}%s\\n" "$i/$b/\${f##*/}"; cat "$f"; echo; done
         done; done`,
      [SHARE_PATHS.builds, image ?? "", String(limit)],
      undefined,
      120_000,
    );
    return groupBuilds(sections(answer));
  }

  /** Whether a build's publication was asked for: its manifest is the image's last release, or its events say so. */
  async releasedManifest(image: string): Promise<string | undefined> {
    const answer = await this.script(`if test -e "$1"; then cat "$1"; fi`, [`${SHARE_PATHS.released}/${image}.json`]);
    return answer === "" ? undefined : answer;
  }

  /** The root command that writes a tar of a build's directory to its standard output. */
  archiveCommand(build: string): string {
    return this.command(`cd "$1"; tar -cf - .`, [buildDirectory(build)]);
  }

  private script(text: string, words: readonly string[], stdin?: string, timeout = 60_000): Promise<string> {
    return this.host.asRoot(this.command(text, words), { stdin, timeout });
  }

  private command(text: string, words: readonly string[]): string {
    return `set -eu; cd ${quote(this.directory)}; set -- ${commandLine(words.map((word) => word))}; ${text}`;
  }
}

function buildDirectory(build: string): string {
  return SHARE_PATHS.buildDirectory(parseBuildId(build).image, build);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** [name, text] of each part of an answer. */
function sections(answer: string): [string, string][] {
  const parts: [string, string][] = [];
  for (const line of answer.split("\n")) {
    if (line.startsWith(MARK)) parts.push([line.slice(MARK.length), ""]);
    else {
      const last = parts.at(-1);
      if (last) last[1] += `${line}\n`;
    }
  }
  return parts;
}

/** The script adds a line end to each file, so a last line cut off by a crash stays the last. */
function eventFiles(files: readonly (readonly [string, string])[]): Record<string, BuildEvent[]> {
  return Object.fromEntries(files.map(([name, text]) => [name, parseEvents(text.trimEnd())]));
}

function groupBuilds(parts: readonly (readonly [string, string])[]): StoredBuild[] {
  const builds = new Map<string, [string, string][]>();
  for (const [name, text] of parts) {
    const [image = "", build = "", file] = name.split("/");
    const key = `${image}/${build}`;
    const files = builds.get(key) ?? [];
    builds.set(key, files);
    if (file !== undefined) files.push([file, text]);
  }
  const stored = [...builds].map(([key, files]) => {
    const [image = "", build = ""] = key.split("/");
    return { image, build, events: eventFiles(files) };
  });
  const time = (build: string): string => /-(\d{12})-[0-9a-f]{4}$/.exec(build)?.[1] ?? "";
  return stored.sort((a, b) => time(b.build).localeCompare(time(a.build)));
}
