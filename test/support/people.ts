/** People of a test's directory, as LDIF. */

/** An admin, a user, and somebody of neither group. */
export const PEOPLE = ["alice", "bob", "carol"] as const;
export type Person = (typeof PEOPLE)[number];

const FIRST_PERSON = 20_001;

/** The branches, and everybody with their key. */
export function people(base: string, keyOf: (person: Person) => string): string {
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
export function groups(base: string): string {
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
