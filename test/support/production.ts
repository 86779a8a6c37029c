/** A factory's production side on the real cloud: projects, buckets, the publisher's keys and its commands. */
import { randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { deleteImage, listImages, updateImage, type GlanceImage } from "../../openstack/glance";
import { Session } from "../../openstack/session";
import { readCloudsFile, sessionOptions } from "../../openstack/clouds-file";
import { release, retain } from "../../deployer/retained";
import { recordPrefix, type ReleaseRecord } from "../../model/release-record";
import { deleteObject, getObject, listObjects } from "../../openstack/swift";
import { BuildTeam, IMAGE } from "./build-team";
import { cloudEnv } from "./cloud-env";
import { RunningCommand, type CommandResult } from "./command";
import { FaultProxy } from "./fault-proxy";
import { endAgent, makeKey } from "./openpgp-key";
import { ROOT } from "./paths";
import { makeProjects, memberSession, REGIONS, type RunProjects } from "./projects";

interface Clouds {
  readonly clouds: Readonly<Record<string, { readonly auth: Readonly<Record<string, string>> }>>;
}

export interface ProductionOptions {
  /** Other settings of `publish`. */
  readonly publish?: Readonly<Record<string, unknown>>;
  /** Whether the publisher reaches the cloud by way of `proxy`; the test itself never does. */
  readonly proxied?: boolean;
}

/** How the publisher's requests are called in the proxy: by region, and to the buckets. */
export const BUCKETS = "buckets";

export class Production {
  readonly run = `pub${randomBytes(3).toString("hex")}`;
  readonly directory = mkdtempSync(path.join(tmpdir(), "publication-"));
  /** What customers see: the image's name is this run's own. */
  readonly title = `${this.run} Tiny 1`;
  team!: BuildTeam;
  proxy!: FaultProxy;
  private projects!: RunProjects;
  private owner!: Session;
  private count = 0;

  constructor(private readonly options: ProductionOptions = {}) {}

  async start(): Promise<void> {
    this.projects = await makeProjects(this.run, this.directory, cloudEnv("--admin"));
    await this.writeClouds();
    this.owner = this.member("production", REGIONS[0]);
    makeKey(this.file("publisher"), this.file("publisher.asc"), true);
    this.makeRepository();
    this.team = new BuildTeam({
      factory: this.run,
      directory: this.directory,
      title: this.title,
      member: (region) => this.member("build", region),
      owner: this.owner,
      commit: this.git("rev-parse", "main").trim(),
    });
    await this.team.start();
    for (const name of ["run", "tmp"]) mkdirSync(this.file(name), { mode: 0o700 });
    this.configure();
    for (const use of ["requests", "staging", "release"])
      await retain(this.owner, this.bucket(use), {
        settings: { "public-read": String(use === "release"), versioned: "true" },
      });
  }

  async end(): Promise<void> {
    for (const region of REGIONS) {
      const admin = this.administrator(region);
      for (const hidden of [false, true]) {
        const wanted = { hidden, visibility: "all", properties: { image_factory: this.run } };
        for (const image of await listImages(admin, wanted)) await remove(admin, image);
      }
    }
    for (const use of ["requests", "staging", "release"]) await release(this.owner, this.bucket(use), true);
    await this.projects.remove();
    await this.proxy.stop();
    for (const home of ["builder", "publisher"]) endAgent(this.file(home));
    rmSync(this.directory, { recursive: true, force: true });
  }

  file(name: string): string {
    return path.join(this.directory, name);
  }

  member(project: string, region: string): Session {
    return memberSession(this.projects, project, region);
  }

  administrator(region: string): Session {
    const clouds = readCloudsFile({ OS_CLIENT_CONFIG_FILE: this.file("clouds.yaml") });
    return new Session(sessionOptions(clouds, "admin", region));
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      OS_CLIENT_CONFIG_FILE: this.file("publisher-clouds.yaml"),
      FACTORY_CONFIG: this.file("factory.yaml"),
      FACTORY_HOME: this.file("home"),
      XDG_RUNTIME_DIR: this.file("run"),
      TMPDIR: this.file("tmp"),
    };
  }

  /** A command as an administrator types it. */
  begin(...words: readonly string[]): RunningCommand {
    return this.beginWith({}, words);
  }

  /** @param more of the environment */
  async factoryWith(more: NodeJS.ProcessEnv, ...words: readonly string[]): Promise<CommandResult> {
    return this.beginWith(more, words).result;
  }

  private beginWith(more: NodeJS.ProcessEnv, words: readonly string[]): RunningCommand {
    const env = { ...process.env, ...cloudEnv(), ...this.environment, ...more };
    const program = path.join(ROOT, "bin", "factory");
    const log = this.file(`command-${(this.count += 1)}.log`);
    const title = `factory ${words.join(" ")}`;
    return new RunningCommand({ title, program, args: words, env, cwd: ROOT, log });
  }

  async factory(...words: readonly string[]): Promise<CommandResult> {
    return this.begin(...words).result;
  }

  /** Public objects are read as customers do. */
  async released(name: string): Promise<string | undefined> {
    const account = await this.owner.endpoint("object-store");
    const answer = await fetch(`${account}/${this.run}-release/${name}`);
    return answer.ok ? answer.text() : undefined;
  }

  /** How many records of a kind there are about a build. */
  async records(kind: ReleaseRecord["kind"], build: string): Promise<number> {
    const names = await listObjects(this.owner, `${this.run}-release`, recordPrefix(IMAGE));
    const texts = await Promise.all(names.map(async ({ name }) => this.released(name)));
    const records = texts.map((text = "") => {
      const { payload } = JSON.parse(text) as { readonly payload: string };
      return JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as ReleaseRecord;
    });
    return records.filter((record) => record.kind === kind && record.build === build).length;
  }

  /** An object as its owner reads it. */
  async read(use: "requests" | "staging" | "release", name: string): Promise<string | undefined> {
    return (await getObject(this.owner, `${this.run}-${use}`, name))?.toString("utf8");
  }

  async remove(use: "requests" | "staging" | "release", name: string): Promise<void> {
    await deleteObject(this.owner, `${this.run}-${use}`, name);
  }

  /** What another project of the cloud finds by the name, as Terraform's data source asks. */
  async customerFinds(region: string): Promise<GlanceImage[]> {
    const session = this.member("services", region);
    return listImages(session, { name: this.title, visibility: "public", status: "active" });
  }

  /** A commit that is on no reviewed branch. */
  get unreviewed(): string {
    return this.git("rev-parse", "try").trim();
  }

  /** Writes factory.yaml anew. @param more settings of `publish` that differ from now on */
  configure(more: Readonly<Record<string, unknown>> = {}): void {
    const text = readFileSync(path.join(ROOT, "factory.yaml"), "utf8");
    const own = text.replace("factory: demo", `factory: ${this.run}`).replaceAll("demo-", `${this.run}-`);
    const config = {
      ...(parse(own) as Record<string, unknown>),
      secrets: { publisher: "file:publisher.asc" },
      publish: {
        approval: "person",
        keep: 2,
        deleteAfterDays: 0,
        repository: this.file("recipes"),
        clouds: Object.fromEntries(REGIONS.map((region) => [region, region])),
        trustedKeys: ["builders.asc"],
        trustedCertificates: ["image.crt"],
        ...this.options.publish,
        ...more,
      },
    };
    writeFileSync(this.file("factory.yaml"), stringify(config), { mode: 0o600 });
  }

  private bucket(use: string) {
    return { factory: this.run, kind: "container", name: `${this.run}-${use}` } as const;
  }

  /** One for the test, with the administrator; one for the publisher, whose every way to the cloud has a name. */
  private async writeClouds(): Promise<void> {
    const read = (file: string): Clouds => parse(readFileSync(file, "utf8")) as Clouds;
    const { clouds: own } = read(this.projects.cloudsFile);
    const admin = read(cloudEnv("--admin")["OS_CLIENT_CONFIG_FILE"] ?? "").clouds["admin"]!;
    this.proxy = await FaultProxy.start(admin.auth["auth_url"]!);
    const by = (way: string, entry: typeof admin): typeof admin =>
      this.options.proxied ? { ...entry, auth: { ...entry.auth, auth_url: this.proxy.address(way) } } : entry;
    const write = (name: string, clouds: Clouds["clouds"]): void =>
      writeFileSync(this.file(name), stringify({ clouds }), { mode: 0o600 });
    write("clouds.yaml", { ...own, admin });
    const regions = REGIONS.map((region) => [region, by(region, admin)] as const);
    write("publisher-clouds.yaml", {
      ...own,
      production: by(BUCKETS, own["production"]!),
      ...Object.fromEntries(regions),
    });
  }

  private git(...words: readonly string[]): string {
    return execFileSync("git", ["-C", this.file("recipes"), ...words], { encoding: "utf8" });
  }

  private makeRepository(): void {
    mkdirSync(this.file("recipes"));
    const who = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    this.git("init", "--quiet", "--initial-branch=main");
    this.git(...who, "commit", "--quiet", "--allow-empty", "--message", "reviewed");
    this.git("checkout", "--quiet", "-b", "try");
    this.git(...who, "commit", "--quiet", "--allow-empty", "--message", "not reviewed");
  }
}

async function remove(admin: Session, image: GlanceImage): Promise<void> {
  if (image.protected) await updateImage(admin, image.id, [{ op: "replace", path: "/protected", value: false }]);
  await deleteImage(admin, image.id);
}
