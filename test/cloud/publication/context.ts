/** A factory's production side on the real cloud: buckets, keys, small images as a build host leaves them. */
import { createHash, createSign, generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { envelope, IN_TOTO, PUBLISH_REQUEST } from "../../../model/dsse";
import { requestEnvelopeName, requestName, type PublishRequest } from "../../../model/publish-request";
import { registration } from "../../../model/glance-properties";
import { parseBuildId, tags } from "../../../model/naming";
import { createImage, deleteImage, listImages, uploadImage, waitForImage } from "../../../openstack/glance";
import { Session } from "../../../openstack/session";
import * as swift from "../../../openstack/swift";
import { readCloudsFile, sessionOptions } from "../../../openstack/clouds-file";
import { release, retain } from "../../../deployer/retained";
import { certificateOf } from "../../support/certificate";
import { cloudEnv } from "../../support/cloud-env";
import { RunningCommand, type CommandResult } from "../../support/command";
import { ROOT } from "../../support/paths";
import { makeProjects, memberSession, REGIONS, type RunProjects } from "../../support/projects";
import { REQUEST } from "../../unit/model/request";
import { PLAN } from "../../unit/stages/plan";

export const IMAGE = "tiny-1";
const hash = (content: string | Buffer, algorithm = "sha256"): string =>
  createHash(algorithm).update(content).digest("hex");

export interface Built {
  readonly build: string;
  readonly ids: Readonly<Record<string, string>>;
}

export class Production {
  readonly run = `pub${randomBytes(3).toString("hex")}`;
  readonly directory = mkdtempSync(path.join(tmpdir(), "publication-"));
  /** What customers see: the image's name is this run's own. */
  readonly title = `${this.run} Tiny 1`;
  private projects!: RunProjects;
  private owner!: Session;
  private readonly imageKey = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
  private certificate = "";
  private fingerprint = "";
  private count = 0;

  async start(): Promise<void> {
    this.projects = await makeProjects(this.run, this.directory, cloudEnv("--admin"));
    this.addAdministrator();
    this.owner = this.member("production", REGIONS[0]);
    this.certificate = await certificateOf(this.imageKey.publicKey);
    this.fingerprint = this.makeKey("builder", "builders.asc");
    this.makeKey("publisher", "publisher.asc", true);
    writeFileSync(this.file("image.crt"), this.certificate);
    this.makeRepository();
    writeFileSync(this.file("factory.yaml"), stringify(this.configuration()), { mode: 0o600 });
    for (const use of ["requests", "staging", "release"])
      await retain(this.owner, this.bucket(use), { settings: { "public-read": String(use === "release"), versioned: "true" } });
  }

  async end(): Promise<void> {
    for (const region of REGIONS) {
      const admin = this.administrator(region);
      for (const hidden of [false, true])
        for (const { id } of await listImages(admin, { hidden, visibility: "all", properties: { image_factory: this.run } }))
          await deleteImage(admin, id);
    }
    for (const use of ["requests", "staging", "release"]) await release(this.owner, this.bucket(use), true);
    await this.projects.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }

  file(name: string): string {
    return path.join(this.directory, name);
  }

  member(project: string, region: string): Session {
    return memberSession(this.projects, project, region);
  }

  administrator(region: string): Session {
    return new Session(sessionOptions(readCloudsFile({ OS_CLIENT_CONFIG_FILE: this.file("clouds.yaml") }), "admin", region));
  }

  get environment(): NodeJS.ProcessEnv {
    return { OS_CLIENT_CONFIG_FILE: this.file("clouds.yaml"), FACTORY_CONFIG: this.file("factory.yaml"), FACTORY_HOME: this.file("home") };
  }

  /** A command as an administrator types it. */
  async factory(...words: readonly string[]): Promise<CommandResult> {
    const env = { ...process.env, ...cloudEnv(), ...this.environment };
    const program = path.join(ROOT, "bin", "factory");
    const log = this.file(`command-${(this.count += 1)}.log`);
    const title = `factory ${words.join(" ")}`;
    return new RunningCommand({ title, program, args: words, env, cwd: ROOT, log }).result;
  }

  /** Public objects are read as customers do. */
  async released(name: string): Promise<string | undefined> {
    const account = await this.owner.endpoint("object-store");
    const answer = await fetch(`${account}/${this.run}-release/${name}`);
    return answer.ok ? answer.text() : undefined;
  }

  /** A build whose stages 7 to 13 went well: private images in both regions, artefacts, a signed request. */
  async built(minute: number, change: (request: PublishRequest) => PublishRequest = (one) => one): Promise<Built> {
    const build = `${IMAGE}-20260301${String(1200 + minute)}-${randomBytes(2).toString("hex")}`;
    const content = randomBytes(256 * 1024);
    const local = this.file(`${build}.qcow2`);
    writeFileSync(local, content);
    const ids: Record<string, string> = {};
    for (const region of REGIONS) ids[region] = await this.register(build, local, region);
    const request = change(await this.request(build, content, ids));
    await this.send(request);
    return { build, ids };
  }

  async send(request: PublishRequest): Promise<void> {
    const text = `${JSON.stringify(request)}\n`;
    const put = async (name: string, body: string | Buffer) => swift.putObject(this.owner, `${this.run}-requests`, name, body);
    const enveloped = await envelope(Buffer.from(text), this.imageKey.publicKey, (b) => this.signBytes(b), PUBLISH_REQUEST);
    await put(requestEnvelopeName(request), JSON.stringify(enveloped));
    await put(`${requestName(request)}.asc`, this.signature(text));
    await put(requestName(request), text);
  }

  /** Overwrites an artefact that waits in staging. */
  async tamper(build: string, name: string, content: string): Promise<void> {
    await swift.putObject(this.owner, `${this.run}-staging`, `${IMAGE}/${build}/${name}`, content);
  }

  private async register(build: string, file: string, region: string): Promise<string> {
    const session = this.member("build", region);
    const facts = {
      factory: this.run,
      build,
      patchedUntil: parseBuildId(build).started.toISOString(),
      commit: "1".repeat(40),
      virtualSize: 1,
      tags: tags({ factory: this.run, image: IMAGE, build }),
    };
    const definition = { ...PLAN.image, name: IMAGE, purpose: "generic", minDiskGiB: 1, minRamMiB: 64 } as const;
    const about = registration(definition, facts);
    const { id } = await createImage(session, { name: build, diskFormat: "qcow2", ...about });
    await uploadImage(session, id, file);
    await waitForImage(session, id, { timeout: 60_000, interval: 200 });
    return id;
  }

  private async request(build: string, content: Buffer, ids: Readonly<Record<string, string>>): Promise<PublishRequest> {
    const commit = this.git("rev-parse", "main").trim();
    const name = `${build}.qcow2`;
    const files = new Map<string, Buffer>([
      [name, content],
      [`${name}.sig`, await this.signBytes(content)],
      ["image-signing.crt", Buffer.from(this.certificate)],
      ["packages.txt", Buffer.from("base-files\t12\tamd64\n")],
      ["packages.json", Buffer.from('[{"name":"base-files","version":"12","architecture":"amd64"}]')],
      ["test/junit.xml", Buffer.from('<testsuites><testsuite name="t"><testcase name="boots"/></testsuite></testsuites>')],
    ]);
    const statement = {
      subject: [{ name, digest: { sha256: hash(content) } }],
      predicate: { buildDefinition: { externalParameters: { dirty: false }, resolvedDependencies: [{ digest: { gitCommit: commit } }] } },
    };
    const provenance = await envelope(Buffer.from(JSON.stringify(statement)), this.imageKey.publicKey, (b) => this.signBytes(b), IN_TOTO);
    files.set("provenance.dsse.json", Buffer.from(JSON.stringify(provenance)));
    const sums = [...files].map(([file, bytes]) => `${hash(bytes)}  ${file}\n`).sort().join("");
    files.set("SHA256SUMS", Buffer.from(sums));
    files.set("SHA256SUMS.asc", Buffer.from(this.signature(sums)));
    files.set("signing-key.gpg", execFileSync("gpg", ["--homedir", this.file("builder"), "--export"]));
    files.set("signing-key.asc", readFileSync(this.file("builders.asc")));
    for (const [file, bytes] of files)
      await swift.putObject(this.owner, `${this.run}-staging`, `${IMAGE}/${build}/${file}`, bytes);
    const now = Date.now();
    return {
      ...REQUEST,
      factory: this.run,
      build,
      image: { ...REQUEST.image, name: IMAGE, purpose: "generic", providedUntil: "none" },
      target: { name: this.title, visibility: "public" },
      recipe: { commit, branch: "main", dirty: false },
      regions: REGIONS.map((region) => ({
        name: region,
        region,
        imageId: ids[region]!,
        hash: { algorithm: "sha512", value: hash(content, "sha512") },
      })),
      artefacts: [...files].map(([file, bytes]) => ({ path: file, size: bytes.length, sha256: hash(bytes) })),
      signedBy: this.fingerprint,
      requested: { at: new Date(now).toISOString(), by: "test@here", validUntil: new Date(now + 86_400_000).toISOString() },
    };
  }

  private bucket(use: string) {
    return { factory: this.run, kind: "container", name: `${this.run}-${use}` } as const;
  }

  private signBytes(bytes: Buffer): Promise<Buffer> {
    const key: KeyObject = this.imageKey.privateKey;
    return Promise.resolve(createSign("sha384").update(bytes).sign(key));
  }

  private signature(text: string): string {
    return execFileSync("gpg", ["--homedir", this.file("builder"), "--batch", "--armor", "--detach-sign"], { input: text }).toString();
  }

  private makeKey(name: string, file: string, secret = false): string {
    const home = this.file(name);
    mkdirSync(home, { mode: 0o700 });
    const gpg = (...args: readonly string[]): string =>
      execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", "--passphrase", "", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    gpg("--quick-generate-key", name, "ed25519", "sign", "never");
    writeFileSync(this.file(file), gpg("--armor", secret ? "--export-secret-keys" : "--export"), { mode: 0o600 });
    return /^fpr:(?:[^:]*:){8}([0-9A-F]{40}):/m.exec(gpg("--with-colons", "--list-keys"))![1]!;
  }

  private addAdministrator(): void {
    const ambient = cloudEnv("--admin")["OS_CLIENT_CONFIG_FILE"] ?? "";
    const { clouds } = parse(readFileSync(ambient, "utf8")) as { clouds: Record<string, unknown> };
    const own = parse(readFileSync(this.projects.cloudsFile, "utf8")) as { clouds: Record<string, unknown> };
    const merged = { clouds: { ...own.clouds, admin: clouds["admin"] } };
    writeFileSync(this.file("clouds.yaml"), stringify(merged), { mode: 0o600 });
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

  /** A commit that is on no reviewed branch. */
  get unreviewed(): string {
    return this.git("rev-parse", "try").trim();
  }

  private configuration(): unknown {
    const text = readFileSync(path.join(ROOT, "factory.yaml"), "utf8");
    const config = parse(text.replace("factory: demo", `factory: ${this.run}`).replaceAll("demo-", `${this.run}-`)) as Record<string, unknown>;
    return {
      ...config,
      secrets: { publisher: "file:publisher.asc" },
      publish: {
        approval: "person",
        keep: 2,
        deleteAfterDays: 0,
        repository: this.file("recipes"),
        clouds: { RegionOne: "admin", RegionTwo: "admin" },
        trustedKeys: ["builders.asc"],
        trustedCertificates: ["image.crt"],
      },
    };
  }
}
