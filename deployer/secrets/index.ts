/** The factory's secrets and its CA, as the deploying side reaches them. */
import path from "node:path";
import { configPath } from "../../config/paths";
import type { SecretName } from "../../model/config/secrets";
import { secretsNamed } from "../../openstack/barbican";
import { OpenStackError } from "../../openstack/errors";
import type { CertificateAuthority } from "../authority";
import type { Deployment } from "../deployment";
import type { Authority, Secrets } from "../roles/role";
import { messageOf, UserError } from "../user-error";
import { fetchSecret } from "./fetch";
import { newValue, valuesOrFirst } from "./generated";
import { keptAs, parseSource, whereOf } from "./source";

export interface OpenSecrets extends Secrets {
  /** The CA, made at the first deploy where the user brings none. */
  authority(): Promise<Authority>;
}

const opened = new WeakMap<Deployment, OpenSecrets>();

/** The secrets of a deployment; whatever is asked for several times is fetched once. */
export function openSecrets(deployment: Deployment): OpenSecrets {
  const secrets = opened.get(deployment) ?? new FactorySecrets(deployment);
  opened.set(deployment, secrets);
  return secrets;
}

/** Lets everything be fetched anew: it has been changed. */
export function forgetSecrets(deployment: Deployment): void {
  opened.delete(deployment);
}

class FactorySecrets implements OpenSecrets {
  private readonly values = new Map<SecretName, Promise<readonly string[]>>();
  private certifying: Promise<Authority> | undefined;

  constructor(private readonly deployment: Deployment) {}

  async get(name: SecretName): Promise<string> {
    const [value = ""] = await this.all(name);
    return value;
  }

  all(name: SecretName): Promise<readonly string[]> {
    const fetched = this.values.get(name) ?? this.fetch(name);
    this.values.set(name, fetched);
    // what went wrong may go well the next time
    fetched.catch(() => this.values.delete(name));
    return fetched;
  }

  authority(): Promise<Authority> {
    this.certifying ??= this.openAuthority();
    this.certifying.catch(() => (this.certifying = undefined));
    return this.certifying;
  }

  private async fetch(name: SecretName): Promise<readonly string[]> {
    const text = this.source(name);
    const source = parseSource(text);
    const session = this.deployment.project("build");
    const { factory } = this.deployment.config;
    try {
      if (source.kind === "generate") {
        const kept = await valuesOrFirst(session, keptAs(factory, name), () => newValue(name, factory));
        return kept.map(({ value }) => value);
      }
      const directory = path.dirname(configPath(this.deployment.root));
      return [await fetchSecret(source.kind, source.what, { directory, env: process.env, session })];
    } catch (error) {
      throw new UserError(`${whereOf(name, text)}: ${messageOf(error)}${remedy(error)}`, { cause: error });
    }
  }

  private async openAuthority(): Promise<Authority> {
    const [{ authorityOf }, { parseAuthority }] = await Promise.all([
      import("../authority"),
      import("../authority-file"),
    ]);
    const where = whereOf("ca", this.source("ca"));
    const [newest = "", ...former] = await this.all("ca");
    const parsed = [
      parseAuthority(newest, where),
      ...former.flatMap((pem) => usable(() => parseAuthority(pem, where))),
    ];
    const signing = (await this.isIntroducing()) ? parsed.at(-1) : parsed[0];
    const first = signing ?? parseAuthority(newest, where);
    const trusted = [first, ...parsed.filter((one) => one !== first)].map(({ certificate }) => certificate);
    return authorityOf(first, [...new Set(trusted)].join(""));
  }

  /** Whether there is a new CA that not every node trusts yet. */
  private async isIntroducing(): Promise<boolean> {
    if (parseSource(this.source("ca")).kind !== "generate" || (await this.all("ca")).length < 2) return false;
    const session = this.deployment.project("build");
    const { rotation, switched } = keptAs(this.deployment.config.factory, "ca");
    const [rotating, done] = await Promise.all([secretsNamed(session, rotation), secretsNamed(session, switched)]);
    return rotating.length > 0 && done.length === 0;
  }

  private source(name: SecretName): string {
    const source = this.deployment.config.secrets[name];
    if (source === undefined) {
      throw new UserError(`factory.yaml: secrets.${name}: is not set; write where it comes from, e.g. file:PATH`);
    }
    return source;
  }
}

/** A former CA that has expired is of no use any more. */
function usable(parse: () => CertificateAuthority): CertificateAuthority[] {
  try {
    return [parse()];
  } catch {
    return [];
  }
}

/** What helps against a Barbican that says no, or is not there. */
function remedy(error: unknown): string {
  const elsewhere = "name another source (file:, env:, command:)";
  if (error instanceof OpenStackError && error.status === 403)
    return `; give the account the role "creator" in project build, or ${elsewhere}`;
  return /no "key-manager" service/.test(messageOf(error)) ? `; ${elsewhere}` : "";
}
