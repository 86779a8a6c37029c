/** States of any place, by Terraform itself: in a directory of their own with the stack's backend and nothing else. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { StatePlace } from "../../model/config/state";
import { stateBackend } from "../../model/state-backend";
import { environment } from "../../toolchain/lib/environment.js";
import { run, type Outcome } from "../process";
import { UserError } from "../user-error";
import { lockFailure } from "./lock-message";
import type { StateStore } from "./store";
import { terraformError } from "./terraform-error";
import { parseState, type TerraformState } from "./terraform-state";

export interface TerraformStatesOptions {
  readonly place: StatePlace;
  /** How messages call the place. */
  readonly title: string;
  readonly factory: string;
  /** The state's file where states are local. */
  readonly fileOf: (stack: string) => string;
  /** clouds.yaml entry and region of the buckets, for states in Swift. */
  readonly swift: { readonly cloud: string; readonly region: string };
}

const NO_LOCK = "takes no lock, two could deploy at once; use another place, docs/state.md";

/** Milliseconds for one command; states are small, but object storages may be slow. */
const TIMEOUT = 120_000;

export class TerraformStates implements StateStore {
  constructor(private readonly options: TerraformStatesOptions) {}

  get title(): string {
    return this.options.title;
  }

  async read(stack: string): Promise<TerraformState | undefined> {
    const text = await this.beside(stack, async (terraform) => {
      const outcome = await terraform(["state", "pull"]);
      if (outcome.code !== 0) throw this.failure(stack, outcome);
      return outcome.stdout;
    });
    if (text.trim() === "") return undefined;
    const state = parseState(text, `${this.title}: state of stack ${stack}`);
    // Of a state that is not there some backends give an empty document, which has never been written.
    return state.lineage === "" ? undefined : state;
  }

  /** Terraform does not list states: those that may be there. */
  existing(known: readonly string[]): Promise<string[]> {
    return Promise.resolve([...known]);
  }

  /** Writes the state in place of what is there. @param force although what is there has another lineage */
  async push(stack: string, state: TerraformState, force: boolean): Promise<void> {
    await this.beside(stack, async (terraform, directory) => {
      const file = path.join(directory, "pushed.tfstate");
      await writeFile(file, JSON.stringify(state), { mode: 0o600 });
      const write = async (forced: boolean): Promise<void> => {
        const outcome = await terraform(["state", "push", ...(forced ? ["-force"] : []), file]);
        if (outcome.code !== 0) throw this.failure(stack, outcome);
      };
      await write(force);
      // Where there was none, Terraform has given it a lineage of its own; over one that is there, ours is taken.
      const pulled = await terraform(["state", "pull"]);
      if (pulled.code !== 0) throw this.failure(stack, pulled);
      if (parseState(pulled.stdout, this.title).lineage !== state.lineage) await write(true);
    });
  }

  /** Takes a lock away whose holder is gone. */
  async unlock(stack: string, id: string): Promise<void> {
    await this.beside(stack, async (terraform) => {
      const outcome = await terraform(["force-unlock", "-force", id]);
      if (outcome.code !== 0) throw this.failure(stack, outcome);
    });
  }

  /**
   * Proves that whoever comes second is refused: an apply that itself tries to plan. Storages that take a lock file but
   * not its condition would let both through, and nobody would know. Throws a UserError.
   */
  async proveLock(): Promise<void> {
    const stack = "lock-proof";
    const second = 'if "$TERRAFORM_BINARY_NAME" plan -input=false >second.log 2>&1; then echo BOTH; fi';
    const provisioner = [{ "local-exec": { command: `${second}; cat second.log` } }];
    const resource = { terraform_data: { proof: { provisioner } } };
    await this.beside(
      stack,
      async (terraform) => {
        const outcome = await terraform(["apply", "-input=false", "-auto-approve"]);
        // Two that share a lock trip over each other at its release.
        if (/: BOTH$/m.test(outcome.stdout)) throw new UserError(`state: ${this.title} ${NO_LOCK}`);
        if (outcome.code !== 0) throw this.failure(stack, outcome);
        if (!/acquiring the state lock/.test(outcome.stdout)) {
          throw new UserError(`${this.title}: could not be tried: ${terraformError(outcome.stdout)}`);
        }
        await terraform(["destroy", "-input=false", "-auto-approve"]);
      },
      resource,
    );
  }

  /** Works in a directory that knows nothing but the stack's backend. */
  private async beside<T>(
    stack: string,
    work: (terraform: (args: readonly string[]) => Promise<Outcome>, directory: string) => Promise<T>,
    resource?: object,
  ): Promise<T> {
    const { place, factory, fileOf, swift } = this.options;
    refuseWithoutCredentials(place);
    const backend = stateBackend(place, { factory, stack, file: fileOf(stack) });
    const directory = await mkdtemp(path.join(tmpdir(), "factory-state-"));
    try {
      const document = {
        ...(backend.swift && { "//": { swiftState: { ...backend.swift, ...swift } } }),
        terraform: { backend: { [backend.type]: backend.attributes } },
        ...(resource && { resource }),
      };
      await writeFile(path.join(directory, "cdk.tf.json"), JSON.stringify(document));
      const env = await toolchain();
      const terraform = (args: readonly string[]): Promise<Outcome> =>
        run(env["TERRAFORM_BINARY_NAME"] ?? "terraform", args, { cwd: directory, env, timeout: TIMEOUT });
      const begun = await terraform(["init", "-input=false"]);
      if (begun.code !== 0) throw this.failure(stack, begun);
      return await work(terraform, directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  private failure(stack: string, { stdout, stderr, timedOut }: Outcome): UserError {
    if (timedOut) return new UserError(`${this.title}: no answer after ${TIMEOUT / 1000} s`);
    // The bridge's word comes before Terraform's own and is the better one.
    const told = /^factory: (.*)$/m.exec(stderr)?.[1];
    if (told !== undefined) return new UserError(told);
    if (/acquiring the state lock/.test(stderr)) {
      return new UserError(lockFailure(this.options.place.kind, stack, withoutFrames(stderr)));
    }
    return new UserError(`${this.title}: ${terraformError(stderr || stdout)}`);
  }
}

function withoutFrames(text: string): string[] {
  return text.split("\n").map((line) => line.replace(/^[│╷╵]\s?/, "").trimEnd());
}

async function toolchain(): Promise<Readonly<Record<string, string>>> {
  try {
    return { ...(await environment()), TF_CLI_ARGS: "-no-color" };
  } catch (error) {
    throw new UserError((error as Error).message, { cause: error });
  }
}

/** Terraform would look for them at many places first. */
function refuseWithoutCredentials({ kind }: StatePlace): void {
  if (kind !== "s3" || process.env["AWS_ACCESS_KEY_ID"] || process.env["AWS_PROFILE"]) return;
  throw new UserError(
    'state: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set; on OpenStack: eval "$(npx factory state credentials)"',
  );
}
