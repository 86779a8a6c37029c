import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import type { Deployment } from "../../../../deployer/deployment";
import { KnownHosts } from "../../../../deployer/known-hosts";
import type { FactoryNode } from "../../../../deployer/nodes";
import { jenkinsHandover } from "../../../../deployer/roles/controller";
import type { CertificateRequest, RoleContext } from "../../../../deployer/roles/role";
import { pyflakes, writeTree } from "../../cloud-init/programs";
import { exampleContext } from "../../stacks/context";
import { rememberingAuthority } from "./authority";

const root = path.join(__dirname, "..", "..", "..", "..");
const asked: CertificateRequest[] = [];
const knownHosts = mkdtempSync(path.join(tmpdir(), "known-hosts-"));
new KnownHosts(knownHosts).pin({ id: "s-1", name: "demo-controller" }, "", [{ type: "ssh-ed25519", key: "AAAAhost" }]);
afterAll(() => rmSync(knownHosts, { recursive: true }));
const context = {
  deployment: { root, config: exampleContext().config, home: { knownHosts } } as unknown as Deployment,
  node: { name: "demo-controller", address: "10.60.0.9", server: { id: "s-1" } } as unknown as FactoryNode,
  secrets: {
    get: (name) => Promise.resolve(`value of ${name}`),
    all: (name) => Promise.resolve([`value of ${name}`]),
  },
  authority: rememberingAuthority(asked),
} satisfies RoleContext;

test("the secrets are those that the JCasC files name, and the proxy's key", async () => {
  const { credentials } = await jenkinsHandover(context);
  expect(credentials).toEqual([
    { name: "controller-key", content: "KEY" },
    { name: "JENKINS_METRICS_KEY", content: "value of jenkinsMetrics" },
    { name: "LDAP_MANAGER_PASSWORD", content: "value of directoryReader" },
  ]);
});

test("JCasC files are Jenkins' alone, and say what this factory is called", async () => {
  const { directories = [] } = await jenkinsHandover(context);
  const [casc] = directories;
  expect(casc).toMatchObject({ owner: "jenkins:jenkins", mode: "0700", fileMode: "0600" });
  const jenkins = parse(casc!.files.find(({ name }) => name === "jenkins.yaml")!.content) as {
    readonly jenkins: { readonly numExecutors: number };
    readonly unclassified: { readonly location: { readonly url: string } };
  };
  expect(jenkins.jenkins.numExecutors).toBe(0);
  expect(jenkins.unclassified.location.url).toBe("https://demo-controller.demo.internal/");
});

test("the certificate is for the node's names and address, and its files are no secret", async () => {
  asked.length = 0;
  const { files = [] } = await jenkinsHandover(context);
  expect(asked).toEqual([
    {
      commonName: "demo-controller.demo.internal",
      dnsNames: ["demo-controller.demo.internal", "demo-controller"],
      addresses: ["10.60.0.9"],
    },
  ]);
  expect(files.map((file) => file.path)).toEqual([
    "/etc/factory/certificates/controller.pem",
    "/etc/factory/certificates/ca.pem",
    "/etc/factory/jenkins/plugins.yaml",
    "/usr/local/sbin/factory-jenkins-check",
    "/usr/local/sbin/factory-jenkins-install",
    "/usr/local/sbin/factory-jenkins-trust",
  ]);
  expect(JSON.stringify(files)).not.toMatch(/KEY|value of/);
});

test("the proxy is started before Jenkins", async () => {
  expect((await jenkinsHandover(context)).restart).toEqual(["nginx.service", "factory-jenkins.target"]);
});

test("every plugin of the pinned list has a version, and is named once", async () => {
  const { files = [] } = await jenkinsHandover(context);
  const list = parse(String(files.find((file) => file.path.endsWith("plugins.yaml"))?.content)) as {
    readonly plugins: readonly { readonly artifactId: string; readonly source: { readonly version: unknown } }[];
  };
  const names = list.plugins.map(({ artifactId }) => artifactId);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("configuration-as-code");
  expect(list.plugins.filter(({ source }) => typeof source.version !== "string")).toEqual([]);
});

test("a new certificate alone leaves Jenkins running", async () => {
  const { credentials, files, directories, restart } = await jenkinsHandover({ ...context, only: "certificates" });
  expect(credentials).toEqual([{ name: "controller-key", content: "KEY" }]);
  expect(files?.map((file) => file.path)).toEqual([
    "/etc/factory/certificates/controller.pem",
    "/etc/factory/certificates/ca.pem",
  ]);
  expect(directories).toBeUndefined();
  expect(restart).toEqual(["nginx.service"]);
});

test("the agent is another user of the node, recognised by the node's pinned host key", async () => {
  const { directories = [] } = await jenkinsHandover(context);
  const agent = directories[0]!.files.find(({ name }) => name === "agent.yaml")!.content;
  expect(agent).toContain("key: ssh-ed25519 AAAAhost\n");
  expect(agent).toContain("username: deployer\n");
  expect(agent).toContain("${readFile:/run/credentials/jenkins.service/JENKINS_AGENT_KEY}");
});

test("fails when no host key of the node is pinned", async () => {
  const node = { ...context.node, server: { id: "s-2" } } as unknown as FactoryNode;
  await expect(jenkinsHandover({ ...context, node })).rejects.toThrow(
    "demo-controller: no ssh-ed25519 host key of it is pinned",
  );
});

test("pyflakes finds nothing in the programs that install and check Jenkins", async () => {
  const { files = [] } = await jenkinsHandover(context);
  const programs = files
    .filter((file) => file.path.startsWith("/usr/local/sbin/"))
    .map(({ path: name, content, mode = "" }) => ({ path: name, content: String(content), permissions: mode }));
  expect(programs.map(({ permissions }) => permissions)).toEqual(["0755", "0755", "0755"]);
  const folder = mkdtempSync(path.join(tmpdir(), "programs-"));
  const tree = writeTree(folder, { apt: { primary: [] }, runcmd: [], write_files: programs });
  expect(pyflakes(folder, tree)).toEqual([]);
  rmSync(folder, { recursive: true });
});

test("fails when Jenkins' repository has no branch with the deployed commit", async () => {
  const repository = mkdtempSync(path.join(tmpdir(), "repository-"));
  execFileSync("git", ["init", "--quiet", "--bare", repository]);
  const { config } = context.deployment;
  const infrastructure = { ...config.infrastructure, git: { url: repository, ref: "main" } };
  const deployment = { ...context.deployment, config: { ...config, infrastructure } } as unknown as Deployment;
  await expect(jenkinsHandover({ ...context, deployment })).rejects.toThrow(
    /no branch of .* has the deployed commit .* push it there, then deploy again/,
  );
  rmSync(repository, { recursive: true });
});
