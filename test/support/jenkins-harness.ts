/** Runs Jenkins jobs without Jenkins: jenkins/harness, by Groovy of the version that Jenkins embeds. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT } from "./paths";

export const JENKINS = path.join(ROOT, "jenkins");

/** What a script that a job runs is answered; the first rule that fits. */
export interface ShellRule {
  readonly stage?: string;
  /** Regular expression for the script's text. */
  readonly match?: string;
  /** For so many calls only. */
  readonly times?: number;
  readonly status?: number;
  readonly stdout?: string;
  /** Lines for the build's log. */
  readonly lines?: readonly string[];
  /** Files that it leaves in the workspace. */
  readonly files?: Readonly<Record<string, string>>;
  /** Somebody aborts the build while it runs. */
  readonly abort?: boolean;
  /** It never ends by itself. */
  readonly hang?: boolean;
}

/** Somebody who may start a build. */
export interface Person {
  /** In the directory. */
  readonly mail?: string;
  readonly groups?: readonly string[];
  readonly administers?: boolean;
}

export interface Job {
  readonly name: string;
  /** Path of the Jenkinsfile, or its text with `text`. */
  readonly jenkinsfile: string;
  readonly job?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Parameters that the job has by its seed, with their defaults. */
  readonly jobParams?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly credentials?: Readonly<Record<string, string>>;
  /** Result of the build before this one, or of all, the newest first. */
  readonly previous?: string | readonly string[];
  /** Without it scripts really run. */
  readonly shell?: readonly ShellRule[];
  readonly nodes?: readonly {
    readonly name: string;
    readonly labels: readonly string[];
    readonly workspace?: string;
  }[];
  readonly mail?: { readonly from?: string; readonly host?: string; readonly port?: number };
  readonly jobs?: Readonly<Record<string, string>>;
  readonly url?: string;
  /** What started it, as `currentBuild.getBuildCauses()` tells. */
  readonly causes?: readonly Readonly<Record<string, unknown>>[];
  readonly people?: Readonly<Record<string, Person>>;
  /** Full names of jobs that there are before. */
  readonly existing?: readonly string[];
  /** Labels of the resources that the configuration declares: no other can be locked. */
  readonly lockLabels?: readonly string[];
}

export interface JobStage {
  readonly name: string;
  readonly status: string;
  readonly node?: string;
  readonly reason?: string;
  /** Of `parallel`; null outside of it. */
  readonly branch: string | null;
  readonly seconds?: number;
}

export interface JobResult {
  readonly name: string;
  /** Why the harness refused it; null when it ran. */
  readonly problem: string | null;
  /** REFUSED when the harness did not run it to its end. */
  readonly result: string;
  readonly description: string | null;
  readonly displayName: string;
  readonly stages: readonly JobStage[];
  readonly shells: readonly {
    readonly stage: string | null;
    readonly node: string;
    readonly script: string;
    readonly label: string | null;
    readonly status: number | string;
  }[];
  readonly mails: readonly {
    readonly to: readonly string[];
    readonly cc: readonly string[];
    readonly subject: string;
    readonly body: string;
  }[];
  readonly locks: readonly {
    readonly names: readonly string[];
    readonly stage: string | null;
    readonly held: readonly string[];
    /** How many time limits the waiting for it counts in. */
    readonly timeouts: number;
  }[];
  readonly started: readonly { readonly job: string; readonly parameters: Readonly<Record<string, unknown>> }[];
  /** config.xml by full name, of what a seed made. */
  readonly generated: Readonly<Record<string, string>>;
  /** Full names of jobs that are disabled. */
  readonly disabled: readonly string[];
  readonly archived: readonly string[];
  readonly tests: readonly { readonly total: number; readonly failed: number }[];
  readonly agents: readonly Readonly<Record<string, unknown>>[];
  readonly console: string;
}

export interface HarnessOptions {
  /** The library's directory. @default jenkins/ */
  readonly library?: string;
  /** Where workspaces and archives are. @default a directory that is removed */
  readonly directory?: string;
  /** Also gets the builds' logs, as they come. */
  readonly echo?: (text: string) => void;
  /** Milliseconds for all of the jobs. */
  readonly timeout?: number;
}

/** Groovy's start script wants a Java of its own idea; the one that is there will do. */
export function javaHome(): string {
  const given = process.env["JAVA_HOME"];
  if (given !== undefined && existsSync(path.join(given, "bin", "java"))) return given;
  const found = (process.env["PATH"] ?? "")
    .split(":")
    .map((folder) => path.join(folder, "java"))
    .find(existsSync);
  if (found === undefined) throw new Error("there is no java: run test/install-packages");
  return path.dirname(path.dirname(realpathSync(found)));
}

/** Runs jobs one after the other in one JVM. */
export async function runJobs(jobs: readonly Job[], options: HarnessOptions = {}): Promise<readonly JobResult[]> {
  const directory = options.directory ?? mkdtempSync(path.join(tmpdir(), "jenkins-harness-"));
  try {
    const numbered = jobs.map((job, index) => ({ ...job, directory: path.join(directory, String(index)) }));
    const { library = JENKINS, echo } = options;
    const text = await groovy("run.groovy", { library, jobs: numbered, echo: echo !== undefined }, options);
    return JSON.parse(text) as readonly JobResult[];
  } finally {
    if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

/** Short programs: compiling them well would take longer than they run. */
const QUICK = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

interface JavaOptions {
  /** More options for Java, without spaces in them. */
  readonly java?: readonly string[];
}

/** What a program of the harness prints, given `input` as JSON. Exit status 3 is for jobs that it refuses. */
export function groovy(
  program: string,
  input: unknown,
  { echo, timeout = 300_000, java = [] }: Pick<HarnessOptions, "echo" | "timeout"> & JavaOptions = {},
): Promise<string> {
  const harness = path.join(JENKINS, "harness");
  return new Promise((resolve, reject) => {
    const child = spawn("groovy", ["-cp", "src:stubs", program], {
      cwd: harness,
      env: { ...process.env, JAVA_HOME: javaHome(), JAVA_OPTS: [...QUICK, ...java].join(" ") },
      timeout,
    });
    const out: Buffer[] = [];
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      err = (err + chunk.toString()).slice(-4000);
      echo?.(chunk.toString());
    });
    child.on("error", (error) => reject(new Error(`groovy: ${error.message}; run test/install-packages`)));
    child.on("close", (code) => {
      if (code === 0 || code === 3) resolve(Buffer.concat(out).toString("utf8"));
      else reject(new Error(`groovy ${program}: exit status ${code ?? "none"}\n${err}`));
    });
    child.stdin.end(JSON.stringify(input));
  });
}
