/** The build side of a publication: keys, and small images as a build host leaves them, on the real cloud. */
import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { envelope, IN_TOTO, PUBLISH_REQUEST } from "../../model/dsse";
import { requestEnvelopeName, requestName, type PublishRequest } from "../../model/publish-request";
import { registration } from "../../model/glance-properties";
import { parseBuildId, tags } from "../../model/naming";
import { createImage, uploadImage, waitForImage } from "../../openstack/glance";
import type { Session } from "../../openstack/session";
import * as swift from "../../openstack/swift";
import { REQUEST } from "../unit/model/request";
import { PLAN } from "../unit/stages/plan";
import { certificateOf } from "./certificate";
import { makeKey, detachedSignature } from "./openpgp-key";
import { REGIONS } from "./projects";

export const IMAGE = "tiny-1";

const hash = (content: string | Buffer, algorithm = "sha256"): string =>
  createHash(algorithm).update(content).digest("hex");

export interface Built {
  readonly build: string;
  readonly ids: Readonly<Record<string, string>>;
  readonly request: PublishRequest;
}

/** What of a build is to be other than it would be. */
export interface Wrong {
  readonly request?: (request: PublishRequest) => PublishRequest;
  /** Bytes that a region gets in the image's place. */
  readonly bytes?: Readonly<Record<string, Buffer>>;
  /** More properties of the images. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface BuildTeamSettings {
  readonly factory: string;
  readonly directory: string;
  /** What customers call the image. */
  readonly title: string;
  /** A member of the project that images are built in, in a region. */
  readonly member: (region: string) => Session;
  /** Who may write the buckets. */
  readonly owner: Session;
  /** Reviewed commit. */
  readonly commit: string;
  /** @default the local cloud's */
  readonly regions?: readonly string[];
  /** More properties of an image's copy in a region. */
  readonly properties?: (region: string, content: Buffer) => Readonly<Record<string, string>>;
}

export class BuildTeam {
  readonly imageKey = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
  private certificate = "";
  private fingerprint = "";

  constructor(private readonly settings: BuildTeamSettings) {}

  /** Makes its keys: `builders.asc` and `image.crt` in the directory. */
  async start(): Promise<void> {
    this.certificate = await certificateOf(this.imageKey.publicKey);
    this.fingerprint = makeKey(this.file("builder"), this.file("builders.asc"));
    writeFileSync(this.file("image.crt"), this.certificate);
  }

  /** A build whose stages 7 to 13 went well: private images in all regions, artefacts, a signed request. */
  async built(minute: number, wrong: Wrong = {}, content: Buffer = randomBytes(64 * 1024)): Promise<Built> {
    const started = new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString().replace(/\D/g, "").slice(0, 12);
    const build = `${IMAGE}-${started}-${randomBytes(2).toString("hex")}`;
    const ids: Record<string, string> = {};
    await Promise.all(
      this.regions.map(async (region) => {
        const properties = { ...this.settings.properties?.(region, content), ...wrong.properties };
        ids[region] = await this.register(build, wrong.bytes?.[region] ?? content, region, properties);
      }),
    );
    const request = (wrong.request ?? ((one) => one))(await this.request(build, content, ids));
    await this.send(request);
    return { build, ids, request };
  }

  /** @param key private key of the envelope; default: the image key */
  async send(request: PublishRequest, key = this.imageKey, home = this.file("builder")): Promise<void> {
    const text = `${JSON.stringify(request)}\n`;
    const sign = (bytes: Buffer): Promise<Buffer> => this.signBytes(bytes, key);
    const enveloped = await envelope(Buffer.from(text), key.publicKey, sign, PUBLISH_REQUEST);
    await this.put("requests", requestEnvelopeName(request), JSON.stringify(enveloped));
    await this.put("requests", `${requestName(request)}.asc`, detachedSignature(home, text));
    await this.put("requests", requestName(request), text);
  }

  async put(use: "requests" | "staging", name: string, content: string | Buffer): Promise<void> {
    await swift.putObject(this.settings.owner, `${this.settings.factory}-${use}`, name, content);
  }

  /** Overwrites an artefact that waits in staging. */
  async tamper(build: string, name: string, content: string): Promise<void> {
    await this.put("staging", `${IMAGE}/${build}/${name}`, content);
  }

  private get regions(): readonly string[] {
    return this.settings.regions ?? REGIONS;
  }

  private file(name: string): string {
    return path.join(this.settings.directory, name);
  }

  private async register(
    build: string,
    content: Buffer,
    region: string,
    properties: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const { factory, member } = this.settings;
    const session = member(region);
    const facts = {
      factory,
      build,
      patchedUntil: parseBuildId(build).started.toISOString(),
      commit: "1".repeat(40),
      virtualSize: 1,
      tags: tags({ factory, image: IMAGE, build }),
    };
    const definition = { ...PLAN.image, name: IMAGE, purpose: "generic", minDiskGiB: 1, minRamMiB: 64 } as const;
    const about = registration(definition, facts);
    const image = { name: build, diskFormat: "qcow2", ...about, properties: { ...about.properties, ...properties } };
    const { id } = await createImage(session, image);
    const local = this.file(`${build}-${region}.qcow2`);
    mkdirSync(this.settings.directory, { recursive: true });
    writeFileSync(local, content);
    await uploadImage(session, id, local);
    await waitForImage(session, id, { timeout: 60_000, interval: 200 });
    return id;
  }

  private async request(build: string, content: Buffer, ids: Built["ids"]): Promise<PublishRequest> {
    const { factory, title, commit } = this.settings;
    const files = await this.artefacts(`${build}.qcow2`, content);
    await Promise.all([...files].map(async ([file, bytes]) => this.put("staging", `${IMAGE}/${build}/${file}`, bytes)));
    const now = Date.now();
    const time = (days: number): string => new Date(now + days * 86_400_000).toISOString();
    return {
      ...REQUEST,
      factory,
      build,
      image: { ...REQUEST.image, name: IMAGE, purpose: "generic", providedUntil: "none" },
      target: { name: title, visibility: "public" },
      recipe: { commit, branch: "main", dirty: false },
      regions: this.regions.map((region) => ({
        name: region,
        region,
        imageId: ids[region]!,
        hash: { algorithm: "sha512", value: hash(content, "sha512") },
      })),
      artefacts: [...files].map(([file, bytes]) => ({ path: file, size: bytes.length, sha256: hash(bytes) })),
      signedBy: this.fingerprint,
      requested: { at: time(0), by: "test@here", validUntil: time(1) },
    };
  }

  private async artefacts(name: string, content: Buffer): Promise<Map<string, Buffer>> {
    const sign = (bytes: Buffer): Promise<Buffer> => this.signBytes(bytes);
    const files = new Map<string, Buffer>([
      [name, content],
      [`${name}.sig`, await sign(content)],
      ["image-signing.crt", Buffer.from(this.certificate)],
      ["packages.txt", Buffer.from("base-files\t12\tamd64\n")],
      ["packages.json", Buffer.from('[{"name":"base-files","version":"12","architecture":"amd64"}]')],
      [
        "test/junit.xml",
        Buffer.from('<testsuites><testsuite name="t"><testcase name="boots"/></testsuite></testsuites>'),
      ],
    ]);
    const statement = {
      subject: [{ name, digest: { sha256: hash(content) } }],
      predicate: {
        buildDefinition: {
          externalParameters: { dirty: false },
          resolvedDependencies: [{ digest: { gitCommit: this.settings.commit } }],
        },
      },
    };
    const provenance = await envelope(Buffer.from(JSON.stringify(statement)), this.imageKey.publicKey, sign, IN_TOTO);
    files.set("provenance.dsse.json", Buffer.from(JSON.stringify(provenance)));
    const lines = [...files].map(([file, bytes]) => `${hash(bytes)}  ${file}\n`);
    const sums = lines.sort().join("");
    files.set("SHA256SUMS", Buffer.from(sums));
    files.set("SHA256SUMS.asc", Buffer.from(detachedSignature(this.file("builder"), sums)));
    files.set("signing-key.gpg", execFileSync("gpg", ["--homedir", this.file("builder"), "--export"]));
    files.set("signing-key.asc", readFileSync(this.file("builders.asc")));
    return files;
  }

  private signBytes(bytes: Buffer, key: Pick<BuildTeam["imageKey"], "privateKey"> = this.imageKey): Promise<Buffer> {
    return Promise.resolve(createSign("sha384").update(bytes).sign(key.privateKey));
  }
}
