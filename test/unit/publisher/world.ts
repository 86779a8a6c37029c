/**
 * Doubles of what the publisher works on: an in-memory Glance for each region, in-memory buckets, keys that sign by a
 * hash. Every effect goes through `effect`, where a test lets the publisher be killed or a region be down.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { PublishRequest } from "../../../model/publish-request";
import { requestName } from "../../../model/publish-request";
import type { GlanceImage } from "../../../openstack/glance";
import type { Keyring, ObjectStore, Publisher, PublisherKey, RegionPort } from "../../../publisher/ports";
import { catalogueText } from "../../../model/catalogue";
import type { SiteFile } from "../../../site/site-file";
import type { PublisherPolicy } from "../../../model/publication-settings";
import { REQUEST } from "../model/request";

export const hash = (content: string | Buffer, algorithm = "sha256"): string =>
  createHash(algorithm).update(content).digest("hex");

export class Killed extends Error {}

type MutableImage = { -readonly [Key in keyof GlanceImage]: GlanceImage[Key] };

/** An image service with nothing behind it. */
export class GlanceDouble implements RegionPort {
  readonly stored = new Map<string, MutableImage>();
  readonly bytes = new Map<string, string>();
  readonly used = new Set<string>();
  readonly authUrl: string;
  down = false;

  constructor(
    readonly name: string,
    private readonly effect: (what: string, run: () => void) => void,
  ) {
    this.authUrl = `https://${name.toLowerCase()}.example.org/v3`;
  }

  get region(): string {
    return this.name;
  }

  add(id: string, build: string, content: string, more: Record<string, unknown> = {}): void {
    const image = {
      id,
      name: build,
      status: "active",
      visibility: "private",
      size: content.length,
      checksum: null,
      os_hash_algo: "sha512",
      os_hash_value: hash(content, "sha512"),
      os_hidden: false,
      protected: false,
      disk_format: "qcow2",
      min_disk: 2,
      min_ram: 512,
      tags: [],
      owner: "f".repeat(32),
      created_at: "",
      updated_at: "",
      os_distro: "debian",
      os_purpose: "generic",
      image_build_date: "2026-03-01 12:00:00",
      image_factory: "demo",
      image_factory_image: "debian-12",
      image_factory_build: build,
      ...more,
    };
    this.stored.set(id, image);
    this.bytes.set(id, content);
  }

  readonly images = (image: string): Promise<readonly GlanceImage[]> =>
    this.look(() => [...this.stored.values()].filter((one) => one["image_factory_image"] === image).map(copy));
  readonly strangers = (name: string): Promise<readonly string[]> =>
    this.look(() =>
      [...this.stored.values()]
        .filter((one) => one.name === name && one["image_factory"] !== "demo" && one.visibility === "public")
        .map(({ id }) => id),
    );
  readonly image = (id: string): Promise<GlanceImage | undefined> =>
    this.look(() => {
      const found = this.stored.get(id);
      return found && copy(found);
    });
  readonly change: RegionPort["change"] = (image, changes) =>
    this.act(`change ${image.id} ${JSON.stringify(changes)}`, () => {
      const found = this.stored.get(image.id)!;
      for (const [key, value] of Object.entries(changes)) {
        if (value === null) Reflect.deleteProperty(found, key);
        else Reflect.set(found, key, value);
      }
    });
  readonly reactivate = (id: string): Promise<void> => this.act(`reactivate ${id}`, () => this.set(id, "active"));
  readonly deactivate = (id: string): Promise<void> => this.act(`deactivate ${id}`, () => this.set(id, "deactivated"));
  readonly remove = async (id: string): Promise<boolean> => {
    if (this.used.has(id)) return false;
    await this.act(`delete ${id}`, () => this.stored.delete(id));
    return true;
  };
  readonly inUse = (id: string): Promise<boolean | undefined> => this.look(() => this.used.has(id));
  readonly digests: RegionPort["digests"] = (id, algorithms) =>
    this.look(() => Object.fromEntries(algorithms.map((name) => [name, hash(this.bytes.get(id) ?? "", name)])));
  readonly builtOn = (image: GlanceImage): Promise<readonly GlanceImage[]> =>
    this.look(() =>
      [...this.stored.values()].filter(
        (one) => one["base_image_ref"] === image.id || one["image_factory_base"] === image.os_hash_value,
      ),
    );

  private set(id: string, status: string): void {
    this.stored.get(id)!.status = status;
  }
  private look<T>(read: () => T): Promise<T> {
    if (this.down) return Promise.reject(new Error(`${this.name}: no answer`));
    return Promise.resolve(read());
  }
  private async act(what: string, run: () => void): Promise<void> {
    await this.look(() => this.effect(`${this.name}: ${what}`, run));
  }
}

const copy = (image: MutableImage): GlanceImage => ({ ...image });

/** A bucket with nothing behind it. */
export class BucketDouble implements ObjectStore {
  readonly objects = new Map<string, Buffer>();

  constructor(
    readonly bucket: string,
    private readonly effect: (what: string, run: () => void) => void,
  ) {}

  readonly list = (prefix: string): Promise<readonly string[]> =>
    Promise.resolve([...this.objects.keys()].filter((name) => name.startsWith(prefix)).sort());
  readonly read = (name: string): Promise<Buffer | undefined> => Promise.resolve(this.objects.get(name));
  readonly download = (name: string, file: string): Promise<void> => {
    const content = this.objects.get(name);
    if (!content) return Promise.reject(new Error(`${this.bucket}/${name}: 404`));
    writeFileSync(file, content);
    return Promise.resolve();
  };
  readonly write: ObjectStore["write"] = (name, content, options) => {
    if (options?.ifAbsent && this.objects.has(name)) return Promise.resolve("exists");
    return this.act(`write ${name}`, () => this.objects.set(name, Buffer.from(content))).then(() => "stored" as const);
  };
  readonly upload: ObjectStore["upload"] = (name, file) =>
    this.act(`upload ${name}`, () => this.objects.set(name, readFileSync(file)));
  readonly remove = (name: string): Promise<void> => this.act(`remove ${name}`, () => this.objects.delete(name));
  readonly purge = (name: string): Promise<void> => this.act(`purge ${name}`, () => this.objects.delete(name));
  readonly digests = (): Promise<ReadonlyMap<string, string>> =>
    Promise.resolve(new Map([...this.objects].map(([name, content]) => [name, hash(content, "md5")])));

  text(name: string): string | undefined {
    return this.objects.get(name)?.toString();
  }
  private act(what: string, run: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.effect(`${this.bucket}: ${what}`, run);
      resolve();
    });
  }
}

const signatureBy = (key: string, content: Buffer): Buffer => Buffer.from(`${key} ${hash(content)}`);

/** Keys of these names. */
export const keyring = (...names: string[]): Keyring => ({
  signer: (content, signature) => Promise.resolve(names.find((name) => signatureBy(name, content).equals(signature))),
});

const publisherKey = (name: string): PublisherKey => ({
  fingerprint: name,
  sign: (content) => Promise.resolve(signatureBy(name, content)),
  clearSign: (content) => Promise.resolve(`${content}signed by ${name}\n`),
  keyring: () => Promise.resolve(Buffer.from("publisher's keyring")),
  armoured: () => Promise.resolve("publisher's key"),
  verify: (content, signature) => Promise.resolve(signatureBy(name, content).equals(signature)),
});

export const BUILDER = "D".repeat(40);
export const PUBLISHER = "E".repeat(40);
const POLICY: PublisherPolicy = {
  visibility: "public",
  keep: 3,
  deleteAfterDays: 30,
  previous: "hidden",
  approval: "automatic",
  branches: ["main"],
  signatureProperties: "drop",
};

export const DAYS = ["202603011200", "202603081200", "202603151200", "202603221200"] as const;
export const build = (index: number): string => `debian-12-${DAYS[index]!}-000${index}`;
export const imageId = (index: number, region: number): string =>
  `00000000-0000-4000-8000-00000000000${index}`.replace(/^0/, String(region));

/** Two regions, three buckets, and a build team. */
export class World {
  readonly said: string[] = [];
  readonly effects: string[] = [];
  readonly one = new GlanceDouble("RegionOne", (what, run) => this.effect(what, run));
  readonly two = new GlanceDouble("RegionTwo", (what, run) => this.effect(what, run));
  readonly requests = new BucketDouble("requests", (what, run) => this.effect(what, run));
  readonly staging = new BucketDouble("staging", (what, run) => this.effect(what, run));
  readonly release = new BucketDouble("release", (what, run) => this.effect(what, run));
  /** Effects until the publisher is killed, and whether the last one still happens. */
  kill: { left: number; after: boolean } | undefined;
  now = new Date("2026-03-22T13:00:00Z");
  readonly work = mkdtempSync(path.join(os.tmpdir(), "publisher-"));

  publisher(more: Partial<Publisher> = {}): Publisher {
    return {
      factory: "demo",
      address: "https://images.example.org",
      policy: POLICY,
      regions: [this.one, this.two],
      requests: this.requests,
      staging: this.staging,
      release: this.release,
      key: publisherKey(PUBLISHER),
      trusted: { openPgp: [], image: [] },
      builders: keyring(BUILDER),
      approvers: undefined,
      isReviewed: () => Promise.resolve(true),
      renderSite: (catalogue) =>
        new Map<string, SiteFile>([
          ["catalogue.json", { content: catalogueText(catalogue), type: "application/json", sign: "detached" }],
          ["streams/v1/index.sjson", { content: names(catalogue).join("\n"), type: "text/plain", sign: "clear" }],
          ["index.html", { content: names(catalogue).join(" "), type: "text/html" }],
        ]),
      work: this.work,
      who: "pub@admin",
      now: () => this.now,
      say: (line) => this.said.push(line),
      ...more,
    };
  }

  /** A build as its host has left it: private images, artefacts, a signed request. */
  built(
    index: number,
    change: (request: PublishRequest) => PublishRequest = (one) => one,
    junit = JUNIT,
  ): PublishRequest {
    const name = build(index);
    const content = `bytes of ${name}`;
    [this.one, this.two].forEach((region, at) =>
      region.add(imageId(index, at + 1), name, content, {
        img_signature: "s",
        img_signature_hash_method: "SHA-384",
        img_signature_key_type: "k",
        img_signature_certificate_uuid: `u${at}`,
      }),
    );
    const files: Record<string, string> = {
      [`${name}.qcow2`]: content,
      "test/junit.xml": junit,
      "packages.txt": "a\tb\tc\n",
    };
    const sums = Object.entries(files)
      .map(([file, text]) => `${hash(text)}  ${file}\n`)
      .sort()
      .join("");
    const all: Record<string, string> = {
      ...files,
      SHA256SUMS: sums,
      "SHA256SUMS.asc": signatureBy(BUILDER, Buffer.from(sums)).toString(),
      "signing-key.gpg": "keyring",
      "signing-key.asc": "key",
    };
    for (const [file, text] of Object.entries(all))
      this.staging.objects.set(`debian-12/${name}/${file}`, Buffer.from(text));
    const request = change({
      ...REQUEST,
      build: name,
      signedBy: BUILDER,
      regions: [this.one, this.two].map((region, at) => ({
        name: region.name,
        region: region.name,
        imageId: imageId(index, at + 1),
        hash: { algorithm: "sha512", value: hash(content, "sha512") },
      })),
      artefacts: Object.entries(all).map(([file, text]) => ({ path: file, size: text.length, sha256: hash(text) })),
      requested: { at: "2026-03-22T12:00:00.000Z", by: "anna@desk", validUntil: "2026-04-05T12:00:00.000Z" },
    });
    this.sign(request);
    return request;
  }

  sign(request: PublishRequest, key = BUILDER): void {
    const text = Buffer.from(JSON.stringify(request));
    this.requests.objects.set(requestName(request), text);
    this.requests.objects.set(`${requestName(request)}.asc`, signatureBy(key, text));
  }

  end(): void {
    rmSync(this.work, { recursive: true, force: true });
  }

  /** What customers find by the name: build by region. */
  customersFind(name = "debian-12"): Record<string, string[]> {
    const found = (region: GlanceDouble): string[] =>
      [...region.stored.values()]
        .filter((one) => one.name === name && !one.os_hidden && one.visibility === "public" && one.status === "active")
        .map((one) => String(one["image_factory_build"]));
    return { RegionOne: found(this.one), RegionTwo: found(this.two) };
  }

  /** What the catalogue and the page name as current. */
  told(): { readonly catalogue: string | undefined; readonly page: string | undefined } {
    const text = this.release.text("catalogue.json");
    return {
      catalogue: text === undefined ? undefined : names(JSON.parse(text) as Parameters<typeof names>[0]).join(" "),
      page: this.release.text("index.html"),
    };
  }

  private effect(what: string, run: () => void): void {
    if (this.kill && this.kill.left-- === 0) {
      if (this.kill.after) run();
      this.kill = { left: -1, after: false };
      throw new Killed(what);
    }
    if (this.kill && this.kill.left < -1) throw new Killed("is dead already");
    this.effects.push(what);
    run();
  }
}

const names = (catalogue: {
  readonly images: readonly { readonly releases: readonly { readonly build: string; readonly state: string }[] }[];
}): string[] =>
  catalogue.images.flatMap(({ releases }) =>
    releases.filter(({ state }) => state === "current").map((one) => one.build),
  );

const JUNIT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="debian-12" tests="2" failures="0" errors="0"><testsuite name="a">
<testcase classname="a" name="boots"/><testcase classname="a" name="ipv6"><skipped message="none"/></testcase>
</testsuite></testsuites>
`;
export const FAILED = JUNIT.replace('name="boots"/>', 'name="boots"><failure message="no">no</failure></testcase>');
