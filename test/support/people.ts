/** People of a test's directory: an LDIF file with each one's SSH key in it. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Login } from "./nodes";

/** An admin, a user, and somebody of neither group. */
export const PEOPLE = ["alice", "bob", "carol"] as const;
export type Person = (typeof PEOPLE)[number];

const FIRST_PERSON = 20_001;

/** A person of `seedPeople`, as who logs in. */
export const login = (folder: string, person: Person): Login => ({
  user: person,
  identity: path.join(folder, `key-${person}`),
});

/** Makes everybody's key and writes the LDIF with all of them; gives its path, for `directory.seed`. */
export function seedPeople(folder: string, base: string): string {
  for (const person of PEOPLE)
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", person, "-f", login(folder, person).identity]);
  const keyOf = (person: Person): string => readFileSync(`${login(folder, person).identity}.pub`, "utf8").trim();
  const seed = path.join(folder, "people.ldif");
  writeFileSync(seed, [people(base, keyOf), groups(base)].join("\n"));
  return seed;
}

/** The branches, and everybody with their key. */
function people(base: string, keyOf: (person: Person) => string): string {
  const top = [`dn: ${base}\nobjectClass: domain\ndc: factory\n`];
  const branches = ["people", "groups"].map(
    (ou) => `dn: ou=${ou},${base}\nobjectClass: organizationalUnit\nou: ${ou}\n`,
  );
  const everybody = PEOPLE.map((person, index) =>
    [
      ...attributes(person, base, FIRST_PERSON + index),
      "objectClass: ldapPublicKey",
      `sshPublicKey: ${keyOf(person)}`,
      // of no use on nodes; nobody but a replica may see it
      "userPassword: {CRYPT}!",
      "",
    ].join("\n"),
  );
  return [...top, ...branches, ...everybody].join("\n");
}

/** The groups that may log in, one of the people in each. */
function groups(base: string): string {
  return [
    ["factory-admins", "alice"],
    ["factory-users", "bob"],
  ]
    .map(([cn, member], index) =>
      [
        `dn: cn=${cn},ou=groups,${base}`,
        "objectClass: posixGroup",
        `cn: ${cn}`,
        `gidNumber: ${10_000 + index}`,
        `memberUid: ${member}`,
        "",
      ].join("\n"),
    )
    .join("\n");
}

/** LDIF that adds somebody without a key. */
export function entry(uid: string, base: string): string {
  const number = FIRST_PERSON + 1000 + uid.charCodeAt(0);
  const [dn, ...rest] = attributes(uid, base, number);
  return [dn, "changetype: add", ...rest, ""].join("\n");
}

function attributes(uid: string, base: string, number: number): string[] {
  return [
    `dn: uid=${uid},ou=people,${base}`,
    "objectClass: inetOrgPerson",
    "objectClass: posixAccount",
    `uid: ${uid}`,
    `cn: ${uid}`,
    `sn: ${uid}`,
    `uidNumber: ${number}`,
    `gidNumber: ${number}`,
    `homeDirectory: /home/${uid}`,
    "loginShell: /bin/bash",
  ];
}
