/** The user data of a directory replica. */
import { DIRECTORY } from "../model/directory";
import { backupPart } from "./backup";
import { file, renderRole, type NodeValues, type RolePart } from "./render";

/** Whom a replica copies. */
export interface ProviderValues {
  /** ldaps://… */
  readonly url: string;
  readonly bindDn: string;
  /** File with the CA certificate that its certificate is checked against. */
  readonly ca: string;
}

export interface DirectoryReplicaValues extends NodeValues {
  /** The replica's own name, which its certificate is for. */
  readonly name: string;
  readonly volumeId: string;
  readonly baseDn: string;
  /** Groups that a provider without entries begins with. */
  readonly groups: readonly string[];
  /** @default - it is the provider */
  readonly provider?: ProviderValues;
  /** Names of the replicas that copy a provider: what it takes its entries back from. */
  readonly peers: readonly string[];
}

const ROOT = "gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth";

export function directoryReplicaUserData(values: DirectoryReplicaValues): string {
  const { name, volumeId, baseDn, groups, provider, peers, ...node } = values;
  const { unit, ca, certificate, keyCredential, accountsCredential, reader, replicator } = DIRECTORY;
  const replica: RolePart = {
    name: "directory-replica",
    values: {
      name,
      volumeId,
      baseDn,
      unit,
      ca,
      certificate,
      keyCredential,
      accountsCredential,
      readerCredential: reader.credential,
      replicatorCredential: replicator.credential,
      root: ROOT,
      reader: reader.dn,
      replicator: replicator.dn,
      freePercent: String(node.freePercent),
      prepare: file("directory-prepare"),
      sshKeySchema: file("ssh-key.schema"),
      mountVolume: file("factory-mount-volume"),
    },
  };
  const { url = "", bindDn = "", ca: providerCa = "" } = provider ?? {};
  const own = { unit, minimal: minimalEntries(baseDn, groups), peers: peers.map((peer) => `${peer}\n`).join("") };
  const side: readonly RolePart[] =
    provider === undefined
      ? [{ name: "directory-provider", values: own }, backupPart()]
      : [{ name: "directory-consumer", values: { unit, baseDn, provider: url, bindDn, providerCa } }];
  return renderRole(node, replica, ...side);
}

/** Group numbers of the groups that the factory makes itself. */
const FIRST_GROUP = 10_000;

/** LDIF of a directory with nobody in it: the two branches, and the groups. */
export function minimalEntries(baseDn: string, groups: readonly string[]): string {
  const [top = ""] = baseDn.split(",");
  const entries = [
    topEntry(baseDn, top),
    ...["people", "groups"].map((ou) => [`dn: ou=${ou},${baseDn}`, "objectClass: organizationalUnit", `ou: ${ou}`]),
    ...groups.map((cn, index) => [
      `dn: cn=${cn},ou=groups,${baseDn}`,
      "objectClass: posixGroup",
      `cn: ${cn}`,
      `gidNumber: ${FIRST_GROUP + index}`,
    ]),
  ];
  return entries.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

const TOP_CLASSES: Readonly<Record<string, readonly string[]>> = {
  dc: ["domain"],
  o: ["organization"],
  ou: ["organizationalUnit"],
  c: ["country"],
};

function topEntry(baseDn: string, rdn: string): string[] {
  const separator = rdn.indexOf("=");
  const [attribute, value] = [rdn.slice(0, separator).trim().toLowerCase(), rdn.slice(separator + 1).trim()];
  const classes = TOP_CLASSES[attribute] ?? ["organizationalRole"];
  return [`dn: ${baseDn}`, ...classes.map((name) => `objectClass: ${name}`), `${attribute}: ${value}`];
}
