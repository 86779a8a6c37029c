/** What the controller is handed over: its certificate, Jenkins' configuration, plugin list and secrets. */
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fillCasc, secretsNamedIn, unknownReferences } from "../../model/casc";
import { JENKINS, JENKINS_REFERENCES, JENKINS_SECRETS } from "../../model/jenkins";
import { names } from "../../model/naming";
import { assertHeld } from "../held-commit";
import { KnownHosts } from "../known-hosts";
import { UserError } from "../user-error";
import { must } from "../process";
import { jenkinsValues, leftOut, locksFile } from "./jenkins-values";
import type { Handover, NodeCredential, NodeFile, RoleContext } from "./role";

export async function jenkinsHandover({ deployment, node, secrets, authority, only }: RoleContext): Promise<Handover> {
  const { root, config, home } = deployment;
  const name = `${node.name}.${names.domain(config.factory)}`;
  const ca = await authority();
  const issued = await ca.issue({ commonName: name, dnsNames: [name, node.name], addresses: [node.address] });
  const proxy = {
    credentials: [{ name: JENKINS.key, content: issued.privateKey }],
    files: [
      { path: JENKINS.certificate, content: issued.certificate },
      { path: JENKINS.authority, content: ca.certificate },
    ],
    restart: ["nginx.service"],
  } satisfies Handover;
  // a new certificate is no reason to interrupt what Jenkins runs
  if (only === "certificates") return proxy;
  const facts = { host: name, hostKey: hostKeyOf(home.knownHosts, node), commit: await deployedCommit(root) };
  const { git } = config.infrastructure;
  // said by the deploy: in Jenkins every job would fail
  if (git) await assertHeld(root, git.url, facts.commit);
  const casc = [
    ...cascFiles(root, jenkinsValues(config, facts), leftOut(config)),
    { name: "locks.yaml", content: locksFile(config) },
  ];
  const unknown = casc.flatMap(({ name: file, content }) =>
    unknownReferences(`jenkins/casc/${file}`, content, JENKINS_REFERENCES),
  );
  if (unknown.length > 0) throw new UserError(unknown.join("; "));
  const needed = [...new Set(casc.flatMap(({ content }) => secretsNamedIn(content)))].sort();
  return {
    credentials: [
      ...proxy.credentials,
      ...(await Promise.all(
        needed.map(async (one): Promise<NodeCredential> => ({ name: one, content: await secrets.get(secretOf(one)) })),
      )),
    ],
    files: [
      ...proxy.files,
      { path: JENKINS.plugins, content: readFileSync(path.join(root, "jenkins", "plugins.yaml")) },
      ...programs(root),
    ],
    directories: [
      { path: JENKINS.casc, owner: `${JENKINS.user}:${JENKINS.user}`, mode: "0700", fileMode: "0600", files: casc },
    ],
    restart: [...proxy.restart, JENKINS.target],
  };
}

/** What installs Jenkins and lets it start; too long for user data, and no reason to rebuild the node when it changes. */
function programs(root: string): NodeFile[] {
  const directory = path.join(root, "jenkins", "controller");
  return readdirSync(directory).map((name) => ({
    path: `/usr/local/sbin/${name}`,
    content: readFileSync(path.join(directory, name)),
    mode: "0755",
  }));
}

/** jenkins/casc/*.yaml with this factory's values. */
function cascFiles(root: string, values: Readonly<Record<string, string>>, without: readonly string[]) {
  const directory = path.join(root, "jenkins", "casc");
  return readdirSync(directory)
    .filter((name) => name.endsWith(".yaml") && !without.includes(name))
    .sort()
    .map((name) => {
      const file = path.join("jenkins", "casc", name);
      return { name, content: fillCasc(file, readFileSync(path.join(directory, name), "utf8"), values) };
    });
}

/** What the app's archive is made of; on the controller itself there is no repository, and no pipeline to pin. */
async function deployedCommit(root: string): Promise<string> {
  return (await must("git", ["-C", root, "rev-parse", "HEAD"])).trim();
}

/** The node's own host key, as it was read from its console: what its agent is recognised by. */
function hostKeyOf(knownHosts: string, { name, server }: RoleContext["node"]): string {
  const key = new KnownHosts(knownHosts).keys(server.id).find(({ type }) => type === "ssh-ed25519");
  if (!key) throw new UserError(`${name}: no ssh-ed25519 host key of it is pinned; the image's cloud-init makes one`);
  return `${key.type} ${key.key}`;
}

function secretOf(name: string) {
  const secret = JENKINS_SECRETS[name];
  if (secret === undefined) throw new Error(`${name} is none of JENKINS_SECRETS`);
  return secret;
}
