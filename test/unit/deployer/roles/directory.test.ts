import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Deployment } from "../../../../deployer/deployment";
import type { FactoryNode } from "../../../../deployer/nodes";
import { directoryReplica } from "../../../../deployer/roles/directory-replica";
import { joined } from "../../../../deployer/roles/joined";
import type { CertificateRequest, RoleContext } from "../../../../deployer/roles/role";
import type { FactoryConfig } from "../../../../model/config";
import { exampleContext } from "../../stacks/context";
import { rememberingAuthority } from "./authority";

const { config } = exampleContext();
let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "directory-"));
  writeFileSync(path.join(root, "people.ldif"), "dn: dc=factory,dc=internal\n");
  writeFileSync(path.join(root, "their-ca.pem"), "THEIR CA");
});
afterEach(() => rmSync(root, { recursive: true }));

const asked: CertificateRequest[] = [];
function context(changes: Partial<FactoryConfig> = {}, name = "demo-directory-replica"): RoleContext {
  return {
    deployment: { root, config: { ...config, ...changes } } as unknown as Deployment,
    node: { name, address: "10.60.1.7" } as unknown as FactoryNode,
    secrets: {
      get: (secret) => Promise.resolve(`${secret} now`),
      all: (secret) => Promise.resolve([`${secret} now`, `${secret} before`]),
    },
    authority: rememberingAuthority(asked),
  };
}
const directory = (changes: object): Partial<FactoryConfig> => ({ directory: { ...config.directory, ...changes } });
const paths = async (given: RoleContext): Promise<string[]> =>
  ((await directoryReplica(given)).files ?? []).map((file) => file.path);

test("a replica's certificate is for its own name, the directory's, and its address", async () => {
  await directoryReplica(context());
  expect(asked.at(-1)).toEqual({
    commonName: "demo-directory-replica",
    dnsNames: ["demo-directory-replica.demo.internal", "directory.demo.internal"],
    addresses: ["10.60.1.7"],
  });
});

test("a replica gets its key and the passwords as credentials, the former ones to be taken still", async () => {
  const { credentials, files, restart } = await directoryReplica(context());
  expect(credentials).toEqual([
    { name: "directory-key", content: "KEY" },
    {
      name: "directory-accounts",
      content:
        "reader directoryReader now\nreader directoryReader before\n" +
        "replicator directoryReplicator now\nreplicator directoryReplicator before\n",
    },
    { name: "directory-reader", content: "directoryReader now" },
    { name: "directory-replicator", content: "directoryReplicator now" },
  ]);
  expect(files).toEqual([
    { path: "/etc/factory/ca.pem", content: "CA" },
    { path: "/etc/factory/certificates/directory.pem", content: "CERTIFICATE" },
  ]);
  expect(restart).toEqual(["factory-directory.service"]);
});

test("the seed goes to the provider alone, and to nobody where the provider is somebody else's", async () => {
  const seed = directory({ seed: "people.ldif" });
  const given = await directoryReplica(context(seed));
  expect(given.files?.at(-1)).toEqual({
    path: "/etc/factory/directory/seed.ldif",
    content: "dn: dc=factory,dc=internal\n",
    mode: "0640",
    owner: "root:openldap",
  });
  expect(await paths(context(seed, "demo-directory-replica-2"))).not.toContain("/etc/factory/directory/seed.ldif");
  const provider = { url: "ldaps://ldap.example.org", bindDn: "cn=r,dc=example", ca: "their-ca.pem" };
  const copied = context(directory({ seed: "people.ldif", provider }));
  expect(await paths(copied)).toEqual([
    "/etc/factory/ca.pem",
    "/etc/factory/certificates/directory.pem",
    "/etc/factory/directory/provider-ca.pem",
  ]);
});

test("fails when a file that factory.yaml names is not there, in one line", async () => {
  await expect(directoryReplica(context(directory({ seed: "nobody.ldif" })))).rejects.toThrow(
    /^factory\.yaml: directory\.seed: can not be read: .*nobody\.ldif[^\n]*$/,
  );
});

test("a joined node gets the CA and the reader's password, and SSSD is started", async () => {
  expect(await joined(context())).toEqual({
    credentials: [{ name: "directory-reader", content: "directoryReader now" }],
    files: [{ path: "/etc/factory/ca.pem", content: "CA" }],
    restart: ["sssd.service"],
  });
});

test("without replicas there is nothing to join", async () => {
  const nodes = { ...config.nodes, directoryReplica: undefined };
  expect(await joined(context({ nodes }))).toEqual({});
});
