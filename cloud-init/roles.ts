/** The user data of each kind of node: typed values in, text out. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HOST_PATHS, SHARE_PATHS } from "../model/plan";
import { fillRole, mergeRoles, renderUserData, type CloudConfig } from "./cloud-config";

/** What every node is told. */
export interface NodeValues {
  /** http://…/debian */
  readonly debianMirror: string;
  /** http://…/debian-security */
  readonly debianSecurityMirror: string;
  /** Time servers; none: the image's own. */
  readonly ntpServers?: readonly string[];
}

export interface NfsServerValues extends NodeValues {
  readonly volumeId: string;
  /** Who may mount the share: a CIDR. */
  readonly clients: string;
}

export interface BuildHostValues extends NodeValues {
  readonly volumeId: string;
  /** Address of the NFS server. */
  readonly nfsServer: string;
}

const file = (...path: string[]): string => readFileSync(join(__dirname, ...path), "utf8");

function render(name: string, node: NodeValues, values: Readonly<Record<string, string>>): string {
  const { debianMirror, debianSecurityMirror, ntpServers = [] } = node;
  const common = fillRole("node", file("roles", "node.yaml"), {
    debianMirror,
    debianSecurityMirror,
    install: file("files", "factory-install"),
  });
  const ntp: CloudConfig = ntpServers.length === 0 ? {} : { ntp: { enabled: true, servers: ntpServers } };
  return renderUserData(mergeRoles(common, ntp, fillRole(name, file("roles", `${name}.yaml`), values)));
}

/** systemd's name for the mount unit of a directory whose name needs no escaping. */
function mountUnit(directory: string): string {
  return `${directory.slice(1).replaceAll("/", "-")}.mount`;
}

export function jumpHostUserData(values: NodeValues): string {
  return render("jump-host", values, {});
}

export function nfsServerUserData({ volumeId, clients, ...node }: NfsServerValues): string {
  const { exported, leases, cache, builds, released } = SHARE_PATHS;
  return render("nfs-server", node, {
    volumeId,
    clients,
    exported,
    directories: [leases, cache, builds, released].map((directory) => `${exported}/${directory}`).join(" "),
    mountVolume: file("files", "factory-mount-volume"),
  });
}

export function buildHostUserData({ volumeId, nfsServer, ...node }: BuildHostValues): string {
  const { scratch, share, runner, unit } = HOST_PATHS;
  return render("build-host", node, {
    volumeId,
    nfsServer,
    exported: SHARE_PATHS.exported,
    scratch,
    share,
    shareUnit: mountUnit(share),
    runner,
    unit,
    mountVolume: file("files", "factory-mount-volume"),
  });
}
