/** Reading the stacks' states, wherever they are. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { statePlace } from "../../model/config/state";
import type { Deployment } from "../deployment";
import { parseState, type TerraformState } from "./terraform-state";
import { TerraformStates } from "./terraform-states";

export interface StateStore {
  /** How messages call the place. */
  readonly title: string;
  /** Undefined when there is none. Throws a UserError for one that can not be read. */
  read(stack: string): Promise<TerraformState | undefined>;
  /** Names of stacks that may have a state: the known ones, or what is there where the place can be listed. */
  existing(known: readonly string[]): Promise<string[]>;
}

/** The states of this deployment: files are read as they are, all else is Terraform's to know. */
export function stateStore(deployment: Deployment): StateStore {
  const { config, home } = deployment;
  return config.state === "local" ? new LocalStates(home.state) : terraformStates(deployment, config.state);
}

/** The states of a place as factory.yaml would name it, also to write them. */
export function terraformStates({ config, home }: Deployment, state: string): TerraformStates {
  return new TerraformStates({
    place: statePlace(state),
    title: state,
    factory: config.factory,
    fileOf: (stack) => path.join(home.state, `${stack}.tfstate`),
    swift: { cloud: config.projects.production.cloud, region: config.regions[0]?.region ?? "" },
  });
}

export class LocalStates implements StateStore {
  constructor(private readonly directory: string) {}

  get title(): string {
    return this.directory;
  }

  read(stack: string): Promise<TerraformState | undefined> {
    const file = path.join(this.directory, `${stack}.tfstate`);
    if (!existsSync(file)) return Promise.resolve(undefined);
    // An error rejects, like any other place's.
    return Promise.resolve().then(() => parseState(readFileSync(file, "utf8"), file));
  }

  existing(): Promise<string[]> {
    if (!existsSync(this.directory)) return Promise.resolve([]);
    const names = readdirSync(this.directory).flatMap((name) => /^(.+)\.tfstate$/.exec(name)?.[1] ?? []);
    return Promise.resolve(names.sort());
  }
}
