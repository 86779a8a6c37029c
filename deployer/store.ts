/**
 * The factory's share, as the deploying side reaches it: over SSH on the NFS server itself, so that `flock` there decides
 * between deploying sides wherever they are. Scripts get names as arguments and content by standard input.
 */
import { createHash } from "node:crypto";
import { parseEvents, type BuildEvent } from "../model/events";
import { parseBuildId } from "../model/naming";
import { BUILD_PATHS, SHARE_PATHS } from "../model/plan";
import type { ImageRetention } from "../model/retention";
import { commandLine, quote } from "./shell";
import type { SshHost } from "./ssh";

export interface LeaseFiles {
  /** Text of the lease; undefined when there is none. */
  readonly lease: string | undefined;
  /** Text of the youngest sign of life of a host that builds the image. */
  readonly heartbeat: { readonly build: string; readonly text: string } | undefined;
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

/**
 * `take FILE`: what a build host wrote is read as far as anything that we read may be long, only when it is a plain file
 * (a pipe would never end), and without lines that would be taken for marks of ours. Symbolic links lead nowhere on the
 * share's volume: it is mounted so.
 */
const TAKE = `take() { test -f "$1" && head -c 33554432 "$1" | sed "/^${MARK}/d"; }`;

/** Minutes after which a sign of life need not be looked at any more. */
const LONG_DEAD = 10;

export class Store {
  /** @param directory the share on the NFS server */
  constructor(
    readonly host: SshHost,
    readonly directory: string = SHARE_PATHS.directory,
  ) {}

  /** Throws when the share's volume is not mounted there. */
  async check(): Promise<void> {
    await this.script(`test -d "$1" || { echo "the share is not there: $PWD/$1 is missing" >&2; exit 1; }`, [
      SHARE_PATHS.leases,
    ]);
  }

  /** Free bytes of the share's volume. */
  async freeBytes(): Promise<number> {
    return Number((await this.script("df --output=avail -B1 . | tail -n1", [])).trim());
  }

  async readLease(image: string): Promise<LeaseFiles> {
    const answer = await this.script(
      `test -d "$1" || { echo "the share is not there: $PWD/$1 is missing" >&2; exit 1; }
       ${TAKE}; date +%s; if test -e "$1/$2.json"; then base64 -w0 <"$1/$2.json"; else printf -; fi; echo
       beat=; if test -d "$3/$2"; then
         beat=$(find "$3/$2" -mindepth 2 -maxdepth 2 -type f -name "$4" -mmin "-$5" -printf "%T@ %h\\n" | sort -n | tail -n1 | cut -d" " -f2-)
       fi
       if test -n "$beat"; then echo "\${beat##*/}"; take "$beat/$4" | base64 -w0; fi`,
      [SHARE_PATHS.leases, image, SHARE_PATHS.builds, BUILD_PATHS.heartbeat, String(LONG_DEAD)],
    );
    const [seconds = "", lease = "-", build = "", beat = ""] = answer.split("\n");
    const text = (field: string): string => Buffer.from(field, "base64").toString("utf8");
    return {
      now: new Date(Number(seconds) * 1000),
      lease: lease === "-" ? undefined : text(lease),
      heartbeat: build === "" ? undefined : { build, text: text(beat) },
    };
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
      `cd "$1"; for f in *.json; do test -e "$f" && { printf "${MARK}%s\\n" "$f"; cat "$f"; echo; }; done; true`,
      [SHARE_PATHS.leases],
    );
    return new Map(sections(answer).map(([name, text]) => [name.replace(/\.json$/, ""), text]));
  }

  /** Makes a build's directories, ours alone until its host is there. */
  async prepareBuild(build: string): Promise<void> {
    const { events, logs, artefacts } = BUILD_PATHS;
    const inside = [events, logs, artefacts].map((name) => `"$1/${name}"`).join(" ");
    await this.script(`install -d -m 0700 "$1" ${inside}`, [buildDirectory(build)]);
  }

  /** Appends to the deployer's events of the build. */
  async appendEvents(build: string, events: readonly BuildEvent[]): Promise<void> {
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    // A line that a crash cut off must not swallow the next one.
    await this.script(
      `mkdir -p "$1/events"; f="$1/events/deployer.jsonl"; test -f "$f" || : >"$f"; if test -s "$f" && test -n "$(tail -c1 "$f")"; then echo >>"$f"; fi; cat >>"$f"`,
      [buildDirectory(build)],
      lines,
    );
  }

  /** Events of one build; none when it has no directory. */
  async readBuild(build: string): Promise<StoredBuild> {
    const { image } = parseBuildId(build);
    const answer = await this.script(
      `${TAKE}; for f in "$1"/events/*.jsonl; do test -f "$f" || continue; printf "${MARK}%s\\n" "\${f##*/}"; take "$f"; echo; done`,
      [buildDirectory(build)],
    );
    return { image, build, events: eventFiles(sections(answer)) };
  }

  /** The newest builds of one image or of all, newest first. Of events that can't be read there are none. */
  async listBuilds(image: string | undefined, limit: number): Promise<StoredBuild[]> {
    const answer = await this.script(
      `${TAKE}; cd "$1"; for i in \${2:-*}; do test -d "$i" || continue
         ls -1 "$i" | sort -r | head -n "$3" | while read -r b; do
           printf "${MARK}%s\\n" "$i/$b"
           for f in "$i/$b"/events/*.jsonl; do test -f "$f" || continue; printf "${MARK}%s\\n" "$i/$b/\${f##*/}"; take "$f"; echo; done
         done; done`,
      [SHARE_PATHS.builds, image ?? "", String(limit)],
      undefined,
      120_000,
    );
    return groupBuilds(sections(answer));
  }

  /** Manifest of the last build of an image whose publication was asked for. */
  async releasedManifest(image: string): Promise<string | undefined> {
    return this.fileIfThere(`${SHARE_PATHS.released}/${image}.json`);
  }

  /** What a build's host says that it made; undefined as long as its publication was not asked for. */
  async buildManifest(build: string): Promise<string | undefined> {
    return this.fileIfThere(`${buildDirectory(build)}/${BUILD_PATHS.manifest}`);
  }

  async writeRelease(image: string, manifest: string): Promise<void> {
    await this.writeFile(SHARE_PATHS.released, `${image}.json`, manifest);
  }

  /** What the NFS server keeps of this image's builds, where that is not the factory's policy. */
  async writeRetention(image: string, own: ImageRetention): Promise<void> {
    await this.writeFile(SHARE_PATHS.retention, `${image}.json`, `${JSON.stringify(own)}\n`);
  }

  /** Whole or not at all. */
  private async writeFile(directory: string, name: string, content: string): Promise<void> {
    await this.script(
      `install -d -m 0700 "$1"; cat >"$1/.$2.part"; sync "$1/.$2.part"; mv "$1/.$2.part" "$1/$2"`,
      [directory, name],
      content,
    );
  }

  private async fileIfThere(name: string): Promise<string | undefined> {
    const answer = await this.script(`${TAKE}; take "$1" || true`, [name]);
    return answer === "" ? undefined : answer;
  }

  /** The root command that writes a tar of a build's directory, without some of its artefacts, to its standard output. */
  archiveCommand(build: string, leftOut: readonly string[] = []): string {
    const without = leftOut.map((name) => `--exclude=./${BUILD_PATHS.artefacts}/${name}`);
    return this.command(`cd "$1"; shift; tar -cf - "$@" .`, [buildDirectory(build), ...without]);
  }

  /** Runs a shell script as root in the share's directory, with `words` as its arguments. Gives its standard output. */
  script(text: string, words: readonly string[], stdin?: string, timeout = 60_000): Promise<string> {
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

/** One build's broken file must not hide all other builds. */
function readable(file: readonly [string, string]): Record<string, BuildEvent[]> {
  try {
    return eventFiles([file]);
  } catch {
    return {};
  }
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
    return { image, build, events: Object.assign({}, ...files.map(readable)) as StoredBuild["events"] };
  });
  const time = (build: string): string => /-(\d{12})-[0-9a-f]{4}$/.exec(build)?.[1] ?? "";
  return stored.sort((a, b) => time(b.build).localeCompare(time(a.build)));
}
