/** The share on a build host: mount units for what the NFS server exports to it. */
import { exportedDirectories, type BuildExport } from "../model/share-export";
import { HOST_PATHS } from "../model/plan";
import { quote } from "./shell";
import type { SshHost } from "./ssh";
import { messageOf, UserError } from "./user-error";

/** Milliseconds: mount.nfs itself tries for two minutes. */
const MOUNT = 180_000;

export interface MountedShare extends Pick<BuildExport, "build" | "recipe"> {
  /** Address of the NFS server. */
  readonly server: string;
  /** The share there. */
  readonly directory: string;
}

/** systemd's name for the mount unit of a directory whose name needs no escaping. */
export function mountUnit(directory: string): string {
  return `${directory.slice(1).replaceAll("/", "-")}.mount`;
}

const UNITS = [HOST_PATHS.build, HOST_PATHS.cache, HOST_PATHS.archives].map(mountUnit);

/** Text of the mount units by name. Pure. Not enabled: the build's unit wants them, and nothing else does. */
export function mountUnits({ server, directory, ...build }: MountedShare): Readonly<Record<string, string>> {
  const { build: own, cache, archives } = exportedDirectories(build);
  const unit = (what: string, where: string, description: string): [string, string] => [
    mountUnit(where),
    `[Unit]
Description=${description}
Wants=network-online.target
After=network-online.target
[Mount]
What=${server}:${directory}/${what}
Where=${where}
Type=nfs
Options=rw,hard,nosuid,nodev,noexec
`,
  ];
  return Object.fromEntries([
    unit(own, HOST_PATHS.build, "This build's directory on the share"),
    unit(cache, HOST_PATHS.cache, "What earlier builds of this recipe kept"),
    unit(archives, HOST_PATHS.archives, "Package archives of all builds"),
  ]);
}

/** Mounts it, anew where it was mounted before. Throws a UserError when the NFS server does not let the host. */
export async function mountShare(host: SshHost, share: MountedShare): Promise<void> {
  await unmountShare(host);
  for (const [name, text] of Object.entries(mountUnits(share)))
    await host.putFile(`/etc/systemd/system/${name}`, text, "0644");
  const names = UNITS.map(quote).join(" ");
  await host
    .asRoot(
      `systemctl daemon-reload; systemctl start ${names} || { journalctl --no-pager --quiet --lines 5 --output cat --unit ${UNITS.map(quote).join(" --unit ")} >&2; exit 1; }`,
      { timeout: MOUNT },
    )
    .catch((error: unknown) => {
      throw new UserError(`the share of ${share.server} can not be mounted: ${messageOf(error)}`, { cause: error });
    });
}

/** Lets go of it. Nothing is mounted before the first start, and nothing is wrong about that. */
export async function unmountShare(host: SshHost): Promise<void> {
  await host.asRoot(`systemctl stop ${UNITS.map(quote).join(" ")} 2>/dev/null || true`, { timeout: MOUNT });
}
