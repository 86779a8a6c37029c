import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { makeAuthority } from "../../../deployer/authority";
import { jenkinsValues } from "../../../deployer/roles/jenkins-values";
import { fillCasc } from "../../../model/casc";
import { groovy, JENKINS } from "../../support/jenkins-harness";
import { startDirectory, type RunningDirectory } from "../../support/slapd";
import { exampleContext } from "../stacks/context";

/** The realm's settings against the factory's own directory, as a replica runs it: who gets in, and may what. */
const FILE = path.join("casc", "access.directory.yaml");
const PEOPLE = [
  { uid: "alice", password: "alice's", mail: "alice@example.org", groups: ["factory-admins"] },
  { uid: "olga", password: "olga's", mail: "owner@example.org", groups: ["factory-users"] },
  { uid: "sam", password: "sam's", mail: "sam@example.org", groups: [] },
  { uid: "oscar", password: "oscar's", mail: "oscar@example.org", groups: [] },
];

interface Realm {
  readonly securityRealm: { readonly ldap: { readonly configurations: readonly [Readonly<Record<string, unknown>>] } };
  readonly authorizationStrategy: {
    readonly globalMatrix: {
      readonly entries: readonly {
        readonly group: { readonly name: string; readonly permissions: readonly string[] };
      }[];
    };
  };
}

interface Found {
  readonly people: readonly {
    readonly name: string;
    readonly result: string;
    readonly displayName?: string;
    readonly mail?: string;
    readonly groups?: readonly string[];
  }[];
  readonly groups: readonly string[];
}

let directory: RunningDirectory;
let realm: Realm;
let found: Found;
let store: string;

const trust = (ca: string, target: string): void => {
  execFileSync("python3", [path.join(JENKINS, "controller", "factory-jenkins-trust"), ca, target], { stdio: "pipe" });
};
const ask = async (settings: Readonly<Record<string, unknown>>, trusted: string): Promise<Found> => {
  const people = [
    ...PEOPLE.map(({ uid, password }) => ({ name: uid, password })),
    { name: "olga", password: "sam's" },
    { name: "nobody", password: "x" },
    { name: "*", password: "olga's" },
  ];
  const groups = ["factory-admins", "factory-operations", "factory-users", "strangers"];
  // as the unit tells it: without a password
  const java = [`-Djavax.net.ssl.trustStore=${trusted}`];
  const program = path.join(__dirname, "directory-login.groovy");
  return JSON.parse(await groovy(program, { settings, people, groups }, { java })) as Found;
};

beforeAll(async () => {
  // an existing directory's group may list its members by their entries
  const operations = (baseDn: string): string =>
    `dn: cn=factory-operations,ou=groups,${baseDn}\nobjectClass: groupOfNames\ncn: factory-operations\nmember: uid=oscar,ou=people,${baseDn}\n`;
  directory = await startDirectory(PEOPLE, operations("dc=factory,dc=internal"));
  const { config } = exampleContext();
  const facts = { host: "controller", hostKey: "ssh-ed25519 AAAA", commit: "a".repeat(40) };
  // the first server does not answer
  const values = { ...jenkinsValues(config, facts), ldapServers: `ldaps://localhost:9 ${directory.url}` };
  const text = fillCasc(FILE, readFileSync(path.join(JENKINS, FILE), "utf8"), values);
  realm = (parse(text) as { readonly jenkins: Realm }).jenkins;
  store = path.join(path.dirname(directory.ca), "trusted", "store");
  const former = path.join(path.dirname(directory.ca), "rotating.pem");
  const rotated = (await makeAuthority("former")).replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*/, "");
  writeFileSync(former, rotated + readFileSync(directory.ca, "utf8"));
  trust(former, store);
  found = await ask(settings(), store);
}, 120_000);
afterAll(async () => (directory as RunningDirectory | undefined)?.stop());

/** With the secret that Jenkins puts in. */
function settings(): Readonly<Record<string, unknown>> {
  const [configuration] = realm.securityRealm.ldap.configurations;
  expect(configuration["managerPasswordSecret"]).toBe("${LDAP_MANAGER_PASSWORD}");
  return { ...configuration, managerPasswordSecret: directory.readerPassword };
}

/** What the matrix gives to somebody of these groups. */
function permissions(groups: readonly string[] = []): string[] {
  const { entries } = realm.authorizationStrategy.globalMatrix;
  return [
    ...new Set(entries.filter(({ group }) => groups.includes(group.name)).flatMap((one) => one.group.permissions)),
  ];
}

test.each([
  ["alice", "of the team", ["factory-admins"], "alice@example.org"],
  ["olga", "an owner", ["factory-users"], "owner@example.org"],
  ["oscar", "of operations, by a group that lists entries", ["factory-operations"], "oscar@example.org"],
  ["sam", "a stranger", [], "sam@example.org"],
])("%s, %s, is known with groups, name and address", (name, _, groups, mail) => {
  expect(found.people.find((person) => person.name === name)).toEqual({
    name,
    result: "in",
    displayName: `${name} of the directory`,
    mail,
    groups,
  });
});

test("a wrong password, an unknown name and a pattern get nobody in", () => {
  expect(found.people.slice(PEOPLE.length).map(({ name, result }) => [name, result])).toEqual([
    ["olga", "refused"],
    ["nobody", "unknown"],
    ["*", "unknown"],
  ]);
});

test("groups are found by their names, whichever way they list their members", () => {
  expect(found.groups).toEqual(["factory-admins", "factory-operations", "factory-users"]);
});

test("the team administers, owners build, operations also stop what is anybody's, a stranger may nothing", () => {
  const of = (name: string): string[] => permissions(found.people.find((person) => person.name === name)?.groups);
  expect(of("alice")).toEqual(["Overall/Administer"]);
  for (const name of ["olga", "oscar"]) {
    expect(of(name)).toEqual(expect.arrayContaining(["Overall/Read", "Job/Build"]));
    // an edited pipeline would be a shell of the deployer's
    expect(of(name).join()).not.toMatch(/Administer|Replay|Configure|Create|Credentials/);
  }
  // for all jobs there are: owners stop theirs by the job factory/stop
  expect([of("olga").includes("Job/Cancel"), of("oscar").includes("Job/Cancel")]).toEqual([false, true]);
  expect(of("sam")).toEqual([]);
});

test("who does not trust the factory's CA talks to no directory", async () => {
  const other = path.join(path.dirname(directory.ca), "other.pem");
  writeFileSync(other, await makeAuthority("other"));
  const elsewhere = path.join(path.dirname(directory.ca), "trusted", "other");
  trust(other, elsewhere);
  await expect(ask(settings(), elsewhere)).rejects.toThrow(/PKIX path/);
}, 60_000);
