/** Exports of the share, as the deploying side adds and removes them on the NFS server. */
import { exportedDirectories, exportFile, exportText, hostUser, type BuildExport } from "../model/share-export";
import { parseBuildId } from "../model/naming";
import { BUILD_PATHS, SHARE_PATHS } from "../model/plan";
import type { Store } from "./store";

/** Exports are changed by one session at a time; exportfs reads them all. */
const LOCK = `exec 9>"$exports/.lock"; flock -w 60 9 || { echo "the lock of the exports is held by another process" >&2; exit 1; }`;

export class ShareExports {
  /** @param exportfs the command that makes the NFS server export what the files say */
  constructor(
    private readonly store: Store,
    private readonly exportfs = "/usr/sbin/exportfs -r",
  ) {}

  /**
   * Lets a build's host, and nobody else, mount the build's directory, its recipe's cache and the package archives of all
   * builds, where each host can add and none can change or remove what another added. Safe to repeat. What
   * another build's export grants to the same address goes: that host is gone, or its address would not be free.
   * The directory and its events stay root's, so that the host can neither change nor remove what we write there.
   */
  async add(granted: BuildExport): Promise<void> {
    const { build, address } = granted;
    const directories = exportedDirectories(granted);
    const { events, logs, artefacts, lastRelease } = BUILD_PATHS;
    await this.store.script(
      `exports=$1 file=$2 address=$3 user=$4 build=$5 cache=$6 archives=$7 release=$8
       ${LOCK}
       for f in "$exports"/*.exports; do
         if test -e "$f" && test "$f" != "$exports/$file" && grep -qF " $address(" "$f"; then rm -f "$f"; fi
       done
       install -d -m 1770 -g "$user" "$build" "$build/${events}"
       install -d -m 0770 -o "$user" -g "$user" "$build/${logs}" "$build/${artefacts}"
       install -d -m 0755 "$(dirname "$cache")"
       install -d -m 0770 -o "$user" -g "$user" "$cache"
       install -d -m 1777 "$archives"
       install -d -m 0777 "$archives/claims"
       if test -f "$release"; then cp "$release" "$build/.${lastRelease}"; mv "$build/.${lastRelease}" "$build/${lastRelease}"; fi
       find "$build" "$cache" -xdev -mindepth 1 ! -user "$user" ! -path "$build/${events}" ! -path "$build/${events}/deployer.jsonl" \\
         ! -path "$build/${lastRelease}" -exec chown -h "$user:$user" {} +
       cat >"$exports/.$file"; sync "$exports/.$file"; mv "$exports/.$file" "$exports/$file"
       ${this.exportfs}`,
      [
        SHARE_PATHS.exports,
        exportFile(build),
        address,
        String(hostUser(address)),
        directories.build,
        directories.cache,
        directories.archives,
        `${SHARE_PATHS.released}/${parseBuildId(build).image}.json`,
      ],
      exportText(this.store.directory, granted),
    );
  }

  /** Takes back what a build's host could mount; its files are root's from then on. Safe to repeat. */
  async remove(build: string): Promise<void> {
    await this.store.script(
      `exports=$1 file=$2 build=$3
       ${LOCK}
       if test -e "$exports/$file"; then
         rm -f "$exports/$file"
         ${this.exportfs}
       fi
       if test -d "$build"; then chown -hR root:root "$build"; fi`,
      [SHARE_PATHS.exports, exportFile(build), SHARE_PATHS.buildDirectory(parseBuildId(build).image, build)],
    );
  }
}
