/**
 * The user data of every kind of node, with example values: what all-roles.test.ts checks. A role that is missing here
 * fails there.
 */
import { parse } from "yaml";
import { controllerUserData, type JenkinsSource } from "../../../cloud-init/controller";
import { directoryReplicaUserData } from "../../../cloud-init/directory-replica";
import type { JoinedValues } from "../../../cloud-init/joined";
import type { NodeValues } from "../../../cloud-init/render";
import { publisherUserData } from "../../../cloud-init/publisher";
import { buildHostUserData, jumpHostUserData, nfsServerUserData } from "../../../cloud-init/roles";
import { webServerUserData } from "../../../cloud-init/web-server";

export const nodeValues: NodeValues = {
  debianMirror: "http://mirror.test/debian",
  debianSecurityMirror: "http://mirror.test/debian-security",
  ntpServers: ["ntp.test"],
  freePercent: 10,
};
export const joined: JoinedValues = {
  replicas: [
    { name: "demo-directory-replica.demo.internal", address: "10.0.1.5" },
    { name: "demo-directory-replica-2.demo.internal", address: "10.0.1.6" },
  ],
  directory: "directory.demo.internal",
  baseDn: "dc=factory,dc=internal",
  adminGroup: "factory-admins",
  userGroup: "factory-users",
};
const networks = ["10.0.0.0/24", "10.0.1.0/24"];
const volumeId = "0f5c1c6e-5d1f-4f7e-9d0a-3f2c1d4b5a69";

export const jenkins: JenkinsSource = {
  version: "2.504.3",
  java: 17,
  repository: "https://jenkins.test/debian-stable/",
  key: { url: "https://jenkins.test/key", fingerprint: "5E386EADB55F01504CAE8BCF7198F4B714ABFC68" },
  pluginManager: { url: "https://jenkins.test/manager.jar" },
  updateCentre: "https://updates.test",
  required: false,
};
export const directoryValues = {
  ...nodeValues,
  joined,
  volumeId,
  name: "demo-directory-replica.demo.internal",
  baseDn: "dc=factory,dc=internal",
  groups: ["factory-admins", "factory-users"],
  peers: ["demo-directory-replica-2.demo.internal"],
};
export const directoryProvider = {
  url: "ldaps://demo-directory-replica.demo.internal",
  bindDn: "cn=replicator,cn=factory",
  ca: "/etc/factory/ca.pem",
};

const shared = { address: "10.0.0.9", ownAddress: "10.0.0.7", peerAddress: "10.0.0.8", priority: 101 };

/** Each is rendered inside of a test, so that one that throws fails alone. */
export const allRoles: Readonly<Record<string, () => string>> = {
  "jump host": () => jumpHostUserData({ ...nodeValues, networks }),
  "joined jump host": () => jumpHostUserData({ ...nodeValues, networks, joined }),
  "directory's provider": () => directoryReplicaUserData(directoryValues),
  "directory's consumer": () => directoryReplicaUserData({ ...directoryValues, provider: directoryProvider }),
  "NFS server": () => nfsServerUserData({ ...nodeValues, volumeId }),
  controller: () => controllerUserData({ ...nodeValues, volumeId, jenkins }),
  "build host": () => buildHostUserData({ ...nodeValues, volumeId }),
  "web server": () => webServerUserData(nodeValues),
  "web server of a pair": () => webServerUserData({ ...nodeValues, shared }),
  "web server behind a load balancer": () => webServerUserData({ ...nodeValues, balancedFrom: "10.0.0.0/24" }),
  publisher: () => publisherUserData(nodeValues),
};

export interface WrittenFile {
  readonly path: string;
  readonly permissions: string;
  readonly content: string;
}

export interface Rendered {
  readonly apt: { readonly primary: readonly { readonly uri: string }[] };
  readonly ntp?: { readonly servers: readonly string[] };
  readonly runcmd: readonly (readonly string[])[];
  readonly write_files: readonly WrittenFile[];
}

export const read = (userData: string): Rendered => parse(userData) as Rendered;

/** The content of a file that a role writes. */
export function fileOf(role: Rendered, path: string): string {
  const found = role.write_files.find((file) => file.path === path);
  if (!found) throw new Error(`${path} is not written`);
  return found.content;
}
