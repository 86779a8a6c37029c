/** One factory under test: a configuration, a home and projects of its own; commands as a user types them. */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { cloudEnv } from "./cloud-env";
import { RunningCommand, type CommandResult } from "./command";
import { gatherEvidence } from "./evidence";
import { Nodes } from "./nodes";
import { RESULTS, ROOT } from "./paths";
import { makeProjects, memberSession, type RunProjects } from "./projects";
import { say } from "./say";
import type { Session } from "../../openstack/session";

export interface CommandChoice {
  /** Replaces the run's variables of the same name. */
  readonly env?: NodeJS.ProcessEnv;
  /** The checkout to work in. @default the run's */
  readonly root?: string;
  /** What the log file is called. @default the command's first words */
  readonly title?: string;
}

export interface RunOptions {
  /** What its directory in test-results is called. */
  readonly label: string;
  /** The checkout that commands run in. @default the repository */
  readonly root?: string;
  /** More environment for every command. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Changes the derived configuration.
   * @param directory the run's, for files that the configuration names
   * @default - only the nodes that builds need: jump host and NFS server
   */
  readonly change?: (config: Configuration, directory: string) => void;
}

/** factory.yaml, as far as tests change it. */
export type Configuration = Record<string, unknown> & {
  readonly nodes: Record<string, Record<string, unknown>>;
  readonly buckets: Record<string, unknown>;
  readonly directory: Record<string, unknown>;
};

export class FactoryRun {
  /** Set by the last step: everything has been destroyed. */
  finished = false;
  private count = 0;

  /** Makes projects, home and configuration; the local cloud must be up. */
  static async create({ label, root = ROOT, env = {}, change = buildsOnly }: RunOptions): Promise<FactoryRun> {
    const run = `t${randomBytes(3).toString("hex")}`;
    const directory = mkdtempSync(path.join(tmpdir(), `factory-${run}-`));
    const results = path.join(RESULTS, label);
    rmSync(results, { recursive: true, force: true });
    mkdirSync(results, { recursive: true });
    const ambient = cloudEnv();
    const projects = await makeProjects(run, directory, ambient);
    const config = path.join(directory, "factory.yaml");
    const derived = derivedConfiguration(readFileSync(path.join(root, "factory.yaml"), "utf8"), run);
    change(derived, directory);
    writeFileSync(config, stringify(derived));
    return new FactoryRun(run, root, directory, results, projects, config, { ...ambient, ...env });
  }

  private constructor(
    /** Name of the factory, and prefix of the projects' names. */
    readonly factory: string,
    readonly root: string,
    /** For everything that is no evidence; removed at the end. */
    readonly directory: string,
    /** test-results/<label> */
    readonly results: string,
    readonly projects: RunProjects,
    readonly config: string,
    /** What cloud/env says, before anything of this run. */
    readonly ambient: NodeJS.ProcessEnv,
  ) {}

  /** The deployer's home: keys, pinned host keys, state. */
  get home(): string {
    return path.join(this.directory, "home");
  }

  get buckets(): { readonly requests: string; readonly staging: string; readonly release: string } {
    return bucketNames(this.factory);
  }

  /** Where the synthesised stacks of all commands of this run are. */
  get outputs(): string {
    return path.join(this.directory, "cdktf.out");
  }

  session(entry: string, region?: string): Session {
    return memberSession(this.projects, entry, region);
  }

  /** What a shell that works with this factory has in its environment; each call is another shell. */
  env(): NodeJS.ProcessEnv {
    mkdirSync(this.outputs, { recursive: true });
    const shell = path.join(this.outputs, `shell-${String(this.count).padStart(2, "0")}`);
    return {
      ...this.ambient,
      OS_CLIENT_CONFIG_FILE: this.projects.cloudsFile,
      OS_CLOUD: "build",
      FACTORY_CONFIG: this.config,
      FACTORY_HOME: this.home,
      CDKTF_OUTPUT: path.relative(this.root, shell),
      // What is no terminal gets no colours, and no spinner (cdktf draws one a line otherwise).
      FORCE_COLOR: "0",
      CI: "true",
    };
  }

  start(program: string, args: readonly string[], choice: CommandChoice = {}): RunningCommand {
    this.count += 1;
    const title =
      choice.title ??
      args
        .filter((arg) => !arg.startsWith("-"))
        .slice(0, 4)
        .join(" ");
    const log = `${String(this.count).padStart(2, "0")}-${title.replace(/[^A-Za-z0-9]+/g, "-")}.log`;
    return new RunningCommand({
      program,
      args,
      title,
      cwd: choice.root ?? this.root,
      env: { ...this.env(), ...choice.env },
      log: path.join(this.results, log),
    });
  }

  /** `npx cdktf deploy|destroy|diff STACK…`, as documented. */
  startCdktf(verb: "deploy" | "destroy" | "diff", stack: string, choice: CommandChoice = {}): RunningCommand {
    const approve = verb === "diff" ? [] : ["--auto-approve"];
    return this.start("npx", ["cdktf", verb, stack, "--no-color", ...approve], choice);
  }

  /** Runs it to its end, which must be exit status 0. */
  async cdktf(verb: "deploy" | "destroy" | "diff", stack: string, choice: CommandChoice = {}): Promise<CommandResult> {
    return this.startCdktf(verb, stack, choice).expectExit(0);
  }

  /** `npx factory …`; exit status 0. */
  async factoryCommand(args: readonly string[], choice: CommandChoice = {}): Promise<CommandResult> {
    return this.start("npx", ["factory", ...args], choice).expectExit(0);
  }

  /** What of the home may be looked at for secrets: all but the keys themselves. */
  homeWithoutKeys(): string[] {
    const names = readdirSync(this.home).filter((name) => !["ssh", "gnupg"].includes(name));
    return names.map((name) => path.join(this.home, name));
  }

  /**
   * Ends the run: projects, home and configuration go, test-results stay. What a run that did not get to its end left
   * would load the machine for all that comes after it: its evidence is gathered, then it is taken down, unless
   * FACTORY_TEST_KEEP=1 asks for it.
   */
  async end(stacks: readonly string[]): Promise<void> {
    if (!this.finished) {
      if (process.env["FACTORY_TEST_KEEP"] === "1") {
        say(`factory ${this.factory} is left as it is, with home and configuration in ${this.directory}`);
        return;
      }
      await gatherEvidence(this, new Nodes(this)).catch((error: unknown) => say(`evidence: ${String(error)}`));
      for (const stack of stacks) await this.startCdktf("destroy", stack).result;
      const { code } = await this.start("npx", ["factory", "destroy", "--purge-data", "--yes"]).result;
      if (code !== 0) {
        say(`factory ${this.factory} could not be taken down; home and configuration are in ${this.directory}`);
        return;
      }
    }
    await this.projects.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function bucketNames(run: string) {
  return {
    requests: `${run}-requests`,
    staging: `${run}-staging`,
    release: `${run}-release`,
    backups: `${run}-backups`,
  };
}

/** The repository's factory.yaml for a factory of another name, with buckets of its own. */
export function derivedConfiguration(text: string, run: string): Configuration {
  const config = parse(text) as Configuration;
  return { ...config, factory: run, buckets: { ...config.buckets, ...bucketNames(run) } };
}

/** Leaves out every node that a build can do without. */
function buildsOnly({ nodes }: Configuration): void {
  for (const kind of ["controller", "directoryReplica", "webServer", "publisher"]) delete nodes[kind];
}
