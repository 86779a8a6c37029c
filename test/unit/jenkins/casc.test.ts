import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { jenkinsValues, leftOut, locksFile } from "../../../deployer/roles/jenkins-values";
import { fillCasc, unknownReferences } from "../../../model/casc";
import type { FactoryConfig } from "../../../model/config";
import { JENKINS_REFERENCES } from "../../../model/jenkins";
import { JENKINS } from "../../support/jenkins-harness";
import { exampleContext } from "../stacks/context";

const FOLDER = path.join(JENKINS, "casc");
const files = readdirSync(FOLDER);
const example = exampleContext().config;
const everything: FactoryConfig = {
  ...example,
  infrastructure: { ...example.infrastructure, git: { url: "https://git.example.org/factory.git", ref: "main" } },
  notify: { ...example.notify, smtp: { host: "mail.example.org", port: 587, startTls: true, user: "jenkins" } },
};
const facts = { host: "demo-controller.demo.internal", hostKey: "ssh-ed25519 AAAA", commit: "a".repeat(40) };

/** Elements that a controller of this version took, one a line; those behind a blank line are ours beyond that. */
const taken = readFileSync(path.join(__dirname, "casc-elements.txt"), "utf8")
  .split("\n")
  .filter((line) => line !== "");

/** `jenkins.nodes[].permanent.name` of every value in a document. */
function elements(value: unknown, at = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => elements(one, `${at}[]`));
  if (typeof value !== "object" || value === null) return [at];
  return Object.entries(value).flatMap(([key, one]) => elements(one, at === "" ? key : `${at}.${key}`));
}

const filled = (name: string, config = everything): string =>
  fillCasc(name, readFileSync(path.join(FOLDER, name), "utf8"), jenkinsValues(config, facts));

describe.each(files)("%s", (name) => {
  test("has values for all that it names, and only elements that a controller takes", () => {
    expect(elements(parse(filled(name))).filter((element) => !taken.includes(element))).toEqual([]);
  });

  test("refers only to secrets and files that Jenkins' unit is shown", () => {
    expect(unknownReferences(name, filled(name), JENKINS_REFERENCES)).toEqual([]);
  });
});

test("the check finds an element that there is not", () => {
  expect(elements(parse("jenkins: { numExecutor: 0 }")).filter((element) => !taken.includes(element))).toEqual([
    "jenkins.numExecutor",
  ]);
});

test.each<[string, FactoryConfig, readonly string[]]>([
  ["with all there is", everything, ["access.directory.yaml", "library.yaml", "mail.login.yaml"]],
  ["as in the example", example, ["access.directory.yaml"]],
  ["with a mail server that wants no account", withSmtp(), ["access.directory.yaml", "mail.yaml"]],
  ["broken glass", { ...example, jenkins: { ...example.jenkins, realm: "local" } }, ["access.local.yaml"]],
])("each topic has one file, or none: %s", (_, config, topics) => {
  const used = files.filter((name) => !leftOut(config).includes(name));
  expect(used).toEqual([...topics, "agent.yaml", "jenkins.yaml", "metrics.yaml", "security.yaml"].sort());
  const all = used.flatMap((name) =>
    elements(parse(filled(name, config))).filter((one) => !one.startsWith("credentials.")),
  );
  // a list may be in one file only: JCasC does not join them
  expect(all.filter((one, index) => all.indexOf(one) < index && !one.includes("[]"))).toEqual([]);
});

function withSmtp(): FactoryConfig {
  return { ...example, notify: { ...example.notify, smtp: { host: "mail.example.org", port: 25, startTls: false } } };
}

test("people come from all replicas over TLS; anonymous may nothing", () => {
  const { jenkins } = parse(filled("access.directory.yaml")) as {
    readonly jenkins: {
      readonly securityRealm: { readonly ldap: { readonly configurations: readonly Record<string, unknown>[] } };
      readonly authorizationStrategy: {
        readonly globalMatrix: { readonly entries: readonly Record<string, unknown>[] };
      };
    };
  };
  expect(jenkins.securityRealm.ldap.configurations).toMatchObject([
    {
      server: "ldaps://demo-directory-replica.demo.internal:636 ldaps://demo-directory-replica-2.demo.internal:636",
      rootDN: "dc=factory,dc=internal",
      managerDN: "cn=reader,cn=factory",
    },
  ]);
  expect(JSON.stringify(jenkins.authorizationStrategy)).not.toMatch(/anonymous|authenticated/);
  expect(jenkins.authorizationStrategy.globalMatrix.entries).toHaveLength(3);
});

test("as many places for builds as the configuration says", () => {
  const text = locksFile({ ...example, jenkins: { ...example.jenkins, buildHosts: 3 } });
  expect(text.match(/labels: build-hosts/g)).toHaveLength(3);
  expect(elements(parse(text)).filter((element) => !taken.includes(element))).toEqual([]);
});
