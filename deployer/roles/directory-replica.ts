/** What a directory replica is handed over: certificate, passwords, and what the user brings of an own directory. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { configPath } from "../../config/paths";
import { DIRECTORY } from "../../model/directory";
import { names } from "../../model/naming";
import type { Deployment } from "../deployment";
import { messageOf, UserError } from "../user-error";
import type { NodeFile, RoleHandover } from "./role";

export const directoryReplica: RoleHandover = async ({ deployment, node, secrets, authority }) => {
  const { factory } = deployment.config;
  const ca = await authority();
  const { certificate, privateKey } = await ca.issue({
    commonName: node.name,
    dnsNames: [`${node.name}.${names.domain(factory)}`, names.directory(factory)],
    addresses: [node.address],
  });
  const { reader, replicator } = DIRECTORY;
  const [readers, replicators] = [await secrets.all("directoryReader"), await secrets.all("directoryReplicator")];
  const accounts = [...readers.map((word) => `reader ${word}\n`), ...replicators.map((word) => `replicator ${word}\n`)];
  return {
    credentials: [
      { name: DIRECTORY.keyCredential, content: privateKey },
      { name: DIRECTORY.accountsCredential, content: accounts.join("") },
      { name: reader.credential, content: readers[0] ?? "" },
      { name: replicator.credential, content: replicators[0] ?? "" },
    ],
    files: [
      { path: DIRECTORY.ca, content: ca.certificate },
      { path: DIRECTORY.certificate, content: certificate },
      ...(await ownFiles(deployment, node.name)),
    ],
    restart: [DIRECTORY.unit],
  };
};

/** The first entries for the provider, the CA of an existing one for its consumers. */
async function ownFiles(deployment: Deployment, name: string): Promise<NodeFile[]> {
  const { factory, directory } = deployment.config;
  const { provider, seed } = directory;
  if (provider?.ca !== undefined)
    return [{ path: DIRECTORY.providerCa, content: await own(deployment, "directory.provider.ca", provider.ca) }];
  const [first] = names.nodes(factory, "directory-replica", 1);
  if (provider !== undefined || seed === undefined || name !== first) return [];
  const content = await own(deployment, "directory.seed", seed);
  // it may hold passwords of people
  return [{ path: DIRECTORY.seed, content, mode: "0640", owner: "root:openldap" }];
}

/** A file that factory.yaml names, relative to its directory. */
async function own(deployment: Deployment, key: string, file: string): Promise<string> {
  const found = path.resolve(path.dirname(configPath(deployment.root)), file);
  return readFile(found, "utf8").catch((error: unknown) => {
    throw new UserError(`factory.yaml: ${key}: can not be read: ${messageOf(error)}`);
  });
}
