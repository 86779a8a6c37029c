/** `factory setup`: makes this deploying side ready; safe to run again at any time. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { configPath } from "../config/paths";
import { unusable } from "../config/writable";
import { recordPlace, refuseOtherPlace } from "../config/state-place";
import { names, tags } from "../model/naming";
import { list } from "../openstack/neutron";
import { listServers } from "../openstack/nova";
import type { Deployment } from "./deployment";
import { GnupgHome } from "./gnupg";
import { IMAGE_KEY, SIGNING_KEY, type KeyKind } from "./gnupg-keys";
import { imageKeyOwner } from "./image-key";
import { must, run } from "./process";
import { fetchSecret } from "./secrets/fetch";
import { parseSource } from "./secrets/source";
import { prepareStates } from "./states/prepare";
import { stateStore } from "./states/store";
import { UserError } from "./user-error";

interface Tool {
  readonly name: string;
  /** Arguments that make it say its version and end. */
  readonly probe: readonly string[];
  readonly package: string;
}

const TOOLS: readonly Tool[] = [
  { name: "ssh", probe: ["-V"], package: "OpenSSH's client" },
  { name: "ssh-keygen", probe: ["-?"], package: "OpenSSH's client" },
  { name: "gpg", probe: ["--version"], package: "GnuPG" },
  { name: "gpgconf", probe: ["--version"], package: "GnuPG" },
  { name: "git", probe: ["--version"], package: "git" },
  { name: "ps", probe: ["-p", "1"], package: "procps" },
  { name: "tar", probe: ["--version"], package: "tar" },
];

/** Says what it did, line by line. Throws a UserError with everything that is in the way. */
export async function setUp(deployment: Deployment, say: (line: string) => void): Promise<void> {
  const { config, home } = deployment;
  const unwritable = unusable(home.directory);
  if (unwritable !== undefined) {
    const remedy = "set it to a directory that can be written to";
    throw new UserError(`FACTORY_HOME: ${home.directory} ${unwritable}; ${remedy}`);
  }
  const missing = await missingTools();
  if (missing.length > 0)
    throw new UserError(missing.map((tool) => `${tool.name} is missing: install ${tool.package}`).join("\n"));
  say(`tools: ${TOOLS.map((tool) => tool.name).join(", ")} are there`);
  refuseOtherPlace(home.directory, config.state, deployment.configFile);
  say(await prepareStates(deployment));
  await refuseForeignFactory(deployment);

  mkdirSync(home.directory, { recursive: true, mode: 0o700 });
  // Wherever the home is put: what is in it never gets into a repository.
  writeFileSync(path.join(home.directory, ".gitignore"), "*\n");
  mkdirSync(home.state, { recursive: true, mode: 0o700 });
  say(`home: ${home.directory}`);
  recordPlace(home.directory, config.state);
  say(await sshKey(deployment));

  for (const line of await signingKeys(deployment)) say(line);
}

/** Makes, imports or finds the keys; a line about each. */
async function signingKeys(deployment: Deployment): Promise<string[]> {
  const { config, home } = deployment;
  const { key, imageKey } = config.signing;
  const gnupg = new GnupgHome(home.gnupg);
  const directory = path.dirname(configPath(deployment.root));
  const fetch = (source: string): Promise<string> => {
    const parsed = parseSource(source);
    if (parsed.kind === "generate") throw new Error(`${source}: is no source`);
    return fetchSecret(parsed.kind, parsed.what, { directory, env: process.env, session: deployment.project("build") });
  };
  const ensure = async (kind: KeyKind, source: string, owner: string): Promise<string> => {
    const { fingerprint, done } = await gnupg.ensureKey(kind, source, owner, fetch);
    return `${fingerprint} ${done} (${home.gnupg})`;
  };
  return [
    `signing key: ${await ensure(SIGNING_KEY, key, `Image Factory ${config.factory} <${config.notify.from}>`)}`,
    imageKey === "none"
      ? "image key: none, images carry no signature for Glance"
      : `image key: ${await ensure(IMAGE_KEY, imageKey, imageKeyOwner(config))}`,
  ];
}

async function missingTools(): Promise<Tool[]> {
  const found = await Promise.all(TOOLS.map(async (tool) => ({ tool, there: await isThere(tool) })));
  return found.filter(({ there }) => !there).map(({ tool }) => tool);
}

async function isThere({ name, probe }: Tool): Promise<boolean> {
  try {
    await run(name, probe, { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

async function sshKey({ config, home }: Deployment): Promise<string> {
  if (existsSync(home.sshKey) && existsSync(home.sshPublicKey)) return `SSH key: ${home.sshPublicKey} is there`;
  mkdirSync(path.dirname(home.sshKey), { recursive: true, mode: 0o700 });
  if (existsSync(home.sshKey)) {
    writeFileSync(home.sshPublicKey, await must("ssh-keygen", ["-y", "-f", home.sshKey]));
    return `SSH key: ${home.sshPublicKey} was written from the private one`;
  }
  await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", names.keyPair(config.factory), "-f", home.sshKey]);
  return `SSH key: ${home.sshPublicKey} was made`;
}

/** A second home would make a second factory of this name beside the first, each destroying the other's. */
async function refuseForeignFactory(deployment: Deployment): Promise<void> {
  const { factory, state } = deployment.config;
  if ((await stateStore(deployment).read("factory")) !== undefined) return;
  const session = deployment.project("build");
  const mine = tags({ factory });
  const [servers, networks] = await Promise.all([
    listServers(session, { tags: mine }),
    list(session, "networks", { tags: mine }),
  ]);
  if (servers.length + networks.length === 0) return;
  const [where, remedy] =
    state === "local"
      ? [deployment.home.directory, "set FACTORY_HOME to the home that it was deployed from"]
      : [state, `set ${deployment.configFile}: state to where its states are`];
  throw new UserError(
    `${session.cloud}: there is a factory "${factory}" already, and ${where} has no state of it; ` +
      `${remedy}, or choose another name in ${deployment.configFile}: factory`,
  );
}
