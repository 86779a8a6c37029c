/** The part of every joined node: its people come from the directory. */
import { DIRECTORY } from "../model/directory";
import { file, type RolePart } from "./part";

export interface JoinedValues {
  /** The replicas, by the names that their certificates are for, in the order in which they are asked. */
  readonly replicas: readonly { readonly name: string; readonly address: string }[];
  /** Name of all of them together. */
  readonly directory: string;
  readonly baseDn: string;
  /** Its members may log in and use sudo. */
  readonly adminGroup: string;
  readonly userGroup: string;
  /** Whether members of the users' group may log in too: on the way in. @default false */
  readonly forUsers?: boolean;
}

export function joinedPart(joined: JoinedValues): RolePart {
  const { replicas, directory, baseDn, adminGroup, userGroup, forUsers = false } = joined;
  const uris = replicas.map(({ name }) => `ldaps://${name}`);
  const hosts = replicas.map(({ name, address }) => `${address} ${name} ${directory}\n`);
  return {
    name: "joined",
    values: {
      uris: uris.join(", "),
      hosts: hosts.join(""),
      baseDn,
      adminGroup,
      loginGroups: [adminGroup, ...(forUsers ? [userGroup] : [])].join(", "),
      reader: DIRECTORY.reader.dn,
      credential: DIRECTORY.reader.credential,
      ca: DIRECTORY.ca,
      sssdConfigure: file("sssd-configure"),
      check: file("directory-check"),
    },
  };
}
