/** People for a directory: an administrator, a user, and somebody of neither group, each with an SSH key. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Login } from "../../support/nodes";

export interface People {
  readonly admin: Login;
  readonly user: Login;
  readonly outsider: Login;
  /** LDIF with all of them, for directory.seed. */
  readonly seed: string;
}

/** Makes their keys and writes the LDIF into `directory`. */
export function makePeople(directory: string, baseDn: string): People {
  const names = ["ada", "ursula", "oscar"] as const;
  const [admin, user, outsider] = names.map((name) => login(directory, name)) as [Login, Login, Login];
  const entries = [admin, user, outsider].map((person, index) => entry(person, 20_001 + index, baseDn));
  const groups = [
    group("factory-admins", 21_001, [admin.user], baseDn),
    group("factory-users", 21_002, [user.user], baseDn),
    group("others", 21_003, [outsider.user], baseDn),
  ];
  const units = ["people", "groups"].map(
    (ou) => `dn: ou=${ou},${baseDn}\nobjectClass: organizationalUnit\nou: ${ou}\n`,
  );
  const seed = path.join(directory, "people.ldif");
  writeFileSync(seed, [root(baseDn), ...units, ...groups, ...entries].join("\n"));
  return { admin, user, outsider, seed };
}

function login(directory: string, user: string): Login {
  const identity = path.join(directory, `key-${user}`);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", user, "-f", identity]);
  return { user, identity };
}

function root(baseDn: string): string {
  const dc = /^dc=([^,]+)/.exec(baseDn)?.[1] ?? "";
  return `dn: ${baseDn}\nobjectClass: dcObject\nobjectClass: organization\no: Image Factory\ndc: ${dc}\n`;
}

function entry({ user, identity }: Login, uid: number, baseDn: string): string {
  return [
    `dn: uid=${user},ou=people,${baseDn}`,
    ...["inetOrgPerson", "posixAccount", "ldapPublicKey"].map((name) => `objectClass: ${name}`),
    `uid: ${user}`,
    `cn: ${user}`,
    `sn: ${user}`,
    `uidNumber: ${uid}`,
    `gidNumber: ${uid}`,
    `homeDirectory: /home/${user}`,
    "loginShell: /bin/bash",
    `sshPublicKey: ${readFileSync(`${identity}.pub`, "utf8").trim()}`,
    "",
  ].join("\n");
}

function group(name: string, gid: number, members: readonly string[], baseDn: string): string {
  return [
    `dn: cn=${name},ou=groups,${baseDn}`,
    "objectClass: posixGroup",
    `cn: ${name}`,
    `gidNumber: ${gid}`,
    ...members.map((member) => `memberUid: ${member}`),
    "",
  ].join("\n");
}
