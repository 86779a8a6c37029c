/** The publisher on its node: `factory publish …`, with what systemd has decrypted for it. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Command, CommanderError } from "commander";
import type { PublicationSettings } from "../model/publication-settings";
import { PUBLISHER_PATHS, PUBLISHER_USER, type PublisherSettings } from "../model/publisher";
import { readCloudsFile } from "../openstack/clouds-file";
import { Session } from "../openstack/session";
import { addPublisherCommands } from "./commands";
import { regionSessions, withPublisher, type Access } from "./open";

/** An application credential, as the handover writes it. */
interface Credential {
  readonly authUrl: string;
  readonly applicationCredentialId: string;
  readonly applicationCredentialSecret: string;
}

class Ended extends Error {
  constructor(readonly status: number) {
    super(`exit status ${status}`);
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function read(file: string, what: string): string {
  if (!existsSync(file)) throw new Error(`${file}: is missing: ${what}`);
  return readFileSync(file, "utf8");
}

function access(settings: PublicationSettings): Access {
  const credentials = process.env["CREDENTIALS_DIRECTORY"] ?? "";
  const at = (name: string): string => path.join(credentials, name);
  const own = JSON.parse(read(PUBLISHER_PATHS.settings, "deploy the factory")) as PublisherSettings;
  const credential = JSON.parse(read(at(PUBLISHER_PATHS.credential), "deploy the factory")) as Credential;
  const clouds = readCloudsFile({ OS_CLIENT_CONFIG_FILE: at(PUBLISHER_PATHS.clouds) });
  return {
    user: process.env[PUBLISHER_USER] ?? "nobody",
    buckets: new Session({
      cloud: "production",
      region: own.region,
      auth: { kind: "applicationCredential", ...credential },
      tls: { ca: own.trusted },
    }),
    regions: regionSessions(settings, clouds),
    keys: JSON.parse(read(at(PUBLISHER_PATHS.key), "deploy the factory")) as readonly string[],
  };
}

const program = new Command("factory").exitOverride();
addPublisherCommands(program, {
  say,
  run(work) {
    const settings = JSON.parse(
      read(PUBLISHER_PATHS.publication, "run factory setup, then deploy"),
    ) as PublicationSettings;
    return withPublisher(settings, access(settings), say, work);
  },
  exit(status) {
    throw new Ended(status);
  },
});

program.parseAsync().catch((error: unknown) => {
  if (error instanceof Ended) process.exitCode = error.status;
  else if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`factory: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
});
