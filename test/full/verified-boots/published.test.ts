/**
 * What the publisher published is booted by a project that has nothing to do with it: in two regions whose Nova verifies
 * signatures and where everybody may read the publisher's certificates, and in one where strangers may read none.
 */
import { createSign, randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { release, retain } from "../../../deployer/retained";
import type { PublicationSettings } from "../../../model/publication-settings";
import { signatureProperties } from "../../../model/released-image";
import { createCertificate, deleteSecret } from "../../../openstack/barbican";
import { deleteImage, getImage, type GlanceImage } from "../../../openstack/glance";
import type { Session } from "../../../openstack/session";
import { withPublisher, type RegionSessions } from "../../../publisher/open";
import { publish, type Outcome } from "../../../publisher/publish";
import { BuildTeam, type Built } from "../../support/build-team";
import { cloudEnv } from "../../support/cloud-env";
import { makeKey } from "../../support/openpgp-key";
import { adminSession, makeProjects, memberSession, type RunProjects } from "../../support/projects";
import { say } from "../../support/say";
import { scenario } from "../../support/scenario";
import { SecondCloud } from "../../support/second-cloud";
import { bootOnce, makeNetwork, refusal, removeNetwork } from "./booting";

const MINUTE = 60_000;
/** Two clouds of the test's own, and the local one. */
const VERIFYING = ["North", "South"] as const;
const REGIONS = [...VERIFYING, "Here"] as const;
type Region = (typeof REGIONS)[number];
const NETS = { North: "172.31.246", South: "172.31.244" } as const;
const PROJECT = "certificates";

describe("a published image in a stranger's project", () => {
  const step = scenario();
  const run = `sign${randomBytes(3).toString("hex")}`;
  // Sockets lie in it: its path has to be short.
  const folder = mkdtempSync(path.join(tmpdir(), "p-"));
  const env = cloudEnv("--admin");
  const states = { North: path.join(folder, "n"), South: path.join(folder, "s") };
  const clouds = Object.fromEntries(VERIFYING.map((region) => [region, verifying(region)])) as Record<
    (typeof VERIFYING)[number],
    SecondCloud
  >;
  const certificates = new Map<Region, string>();
  const networks = new Map<Region, string>();
  const said: string[] = [];
  let projects: RunProjects;
  let owner: Session;
  let team: BuildTeam;
  let sessions: RegionSessions;
  let built: Built;

  function verifying(region: (typeof VERIFYING)[number]): SecondCloud {
    return new SecondCloud({
      name: `if${region.toLowerCase()}`,
      net: NETS[region],
      state: states[region],
      zones: "qemu",
      project: "build",
      more: { VERIFY: "yes", PROJECTS: `build customer ${PROJECT}`, OPEN_SECRETS: PROJECT },
    });
  }

  const bucket = (use: string) => ({ factory: run, kind: "container", name: `${run}-${use}` }) as const;
  const file = (name: string): string => path.join(folder, name);
  const build = (region: string): Session =>
    region === "Here"
      ? memberSession(projects, "build")
      : clouds[region as (typeof VERIFYING)[number]].session("RegionOne", "build");
  const stored = async (region: Region, one = built): Promise<GlanceImage> => {
    const image = await getImage(sessions.get(region)!.images, one.ids[region]!);
    if (!image) throw new Error(`${region}: there is no image ${one.ids[region]!}`);
    return image;
  };
  const boot = (region: Region, one = built): Promise<string> =>
    bootOnce(sessions.get(region)!.customer!, { imageId: one.ids[region]!, network: networks.get(region)! });

  /** As stage 8 tells them in each region. */
  function signature(region: string, content: Buffer): Record<string, string> {
    return {
      img_signature: createSign("sha384").update(content).sign(team.imageKey.privateKey, "base64"),
      img_signature_hash_method: "SHA-384",
      img_signature_key_type: "ECC_SECP384R1",
      img_signature_certificate_uuid: certificates.get(region as Region)!,
    };
  }

  async function publishes(one: Built, regions: RegionSessions): Promise<Outcome> {
    const settings: PublicationSettings = {
      factory: run,
      address: "https://images.example.org",
      policy: {
        visibility: "public",
        keep: 2,
        deleteAfterDays: 0,
        previous: "hidden",
        approval: "automatic",
        branches: ["main"],
        signatureProperties: "drop",
      },
      regions: REGIONS.map((name) => ({ name, region: "RegionOne", cloud: name })),
      buckets: { requests: `${run}-requests`, staging: `${run}-staging`, release: `${run}-release` },
      trusted: {
        openPgp: [readFileSync(file("builders.asc"), "utf8")],
        image: [readFileSync(file("image.crt"), "utf8")],
      },
      approvers: [],
    };
    const access = { user: "test", buckets: owner, regions, keys: [readFileSync(file("publisher.asc"), "utf8")] };
    const tell = (line: string): void => void (said.push(line), say(line));
    return withPublisher(settings, access, tell, (publisher) => publish(publisher, one.build, false));
  }

  /** An image that boots as far as Nova is concerned. */
  async function another(minute: number): Promise<Built> {
    const disk = file(`disk-${minute}`);
    execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", disk, "64M"]);
    return team.built(minute, {}, readFileSync(disk));
  }

  afterAll(async () => {
    for (const region of VERIFYING) clouds[region].purge();
    const network = networks.get("Here");
    if (network !== undefined) await removeNetwork(memberSession(projects, "services"), network);
    for (const id of made.splice(0)) await deleteImage(adminSession(env), id);
    const certificate = certificates.get("Here");
    if (certificate !== undefined) await deleteSecret(build("Here"), certificate);
    for (const use of ["requests", "staging", "release"]) await release(owner, bucket(use), true);
    await projects.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 10 * MINUTE);
  /** Ids of images in the local cloud. */
  const made: string[] = [];

  step(
    "the regions come up, each with the certificate that builds have put there",
    async () => {
      mkdirSync(file("projects"));
      projects = await makeProjects(run, file("projects"), env);
      owner = memberSession(projects, "production");
      for (const use of ["requests", "staging", "release"])
        await retain(owner, bucket(use), { settings: { "public-read": "false", versioned: "true" } });
      makeKey(file("publisher"), file("publisher.asc"), true);
      team = new BuildTeam({
        factory: run,
        directory: folder,
        title: `${run} Tiny 1`,
        member: build,
        owner,
        commit: "1".repeat(40),
        regions: REGIONS,
        properties: signature,
      });
      await team.start();
      for (const region of VERIFYING) clouds[region].up();
      const of = (region: (typeof VERIFYING)[number]) => {
        const session = (entry: string): Session => clouds[region].session("RegionOne", entry);
        return [
          region,
          { images: session("admin"), customer: session("customer"), certificates: session(PROJECT) },
        ] as const;
      };
      const here = { images: adminSession(env), customer: memberSession(projects, "services") };
      sessions = new Map([...VERIFYING.map(of), ["Here", here]]);
      const pem = readFileSync(file("image.crt"), "utf8");
      for (const [index, region] of REGIONS.entries()) {
        certificates.set(region, await createCertificate(build(region), { name: `${run}-image-signing`, pem }));
        networks.set(region, await makeNetwork(sessions.get(region)!.customer!, `10.199.${index}.0/24`));
      }
    },
    30 * MINUTE,
  );

  step(
    "published, it keeps its signature where customers read the certificate, and loses it where they may not",
    async () => {
      built = await another(1);
      made.push(built.ids["Here"]!);
      expect(await publishes(built, sessions)).toBe("published");
      for (const region of VERIFYING) {
        const told = signatureProperties(await stored(region));
        expect(Object.keys(told)).toHaveLength(4);
        // a copy, in a place of the publisher's own
        expect(told["img_signature_certificate_uuid"]).not.toBe(certificates.get(region));
        expect(said).toContain(
          `${built.build}: ${region}: keeps the properties of its signature: customers read its certificate`,
        );
      }
      expect(signatureProperties(await stored("Here"))).toEqual({});
      expect(said).toContain(
        `${built.build}: Here: goes without the properties of its signature: customers may not read its certificate there`,
      );
    },
    10 * MINUTE,
  );

  step(
    "a stranger boots it in all of them",
    async () => {
      for (const region of REGIONS) expect([region, await boot(region)]).toEqual([region, "ACTIVE"]);
    },
    20 * MINUTE,
  );

  step(
    "without the build's own certificates too: the factory may go",
    async () => {
      for (const region of VERIFYING) {
        await deleteSecret(build(region), certificates.get(region)!);
        expect([region, await boot(region)]).toEqual([region, "ACTIVE"]);
        const pem = readFileSync(file("image.crt"), "utf8");
        certificates.set(region, await createCertificate(build(region), { name: `${run}-image-signing`, pem }));
      }
    },
    20 * MINUTE,
  );

  step(
    "where customers may read no certificate it is published without, and boots where nobody verifies",
    async () => {
      const blind = new Map(
        [...sessions].map(([name, { images, customer }]) => [name, { images, customer, certificates: undefined }]),
      );
      const other = await another(2);
      made.push(other.ids["Here"]!);
      expect(await publishes(other, blind)).toBe("published");
      for (const region of VERIFYING) {
        expect(signatureProperties(await stored(region, other))).toEqual({});
        // a region that verifies boots nothing without a signature
        expect(await refusal(states[region], () => boot(region, other))).toMatch(/[Ss]ignature/);
      }
      expect(await boot("Here", other)).toBe("ACTIVE");
    },
    20 * MINUTE,
  );

  step(
    "altered in a region's store after it was published, it is refused there",
    async () => {
      const altered = await another(3);
      made.push(altered.ids["Here"]!);
      expect(await publishes(altered, sessions)).toBe("published");
      for (const region of VERIFYING) {
        const place = path.join(states[region], "data/glance/store", altered.ids[region]!);
        const opened = openSync(place, "r+");
        writeSync(opened, "!", readFileSync(place).length - 1);
        closeSync(opened);
        expect(await refusal(states[region], () => boot(region, altered))).toMatch(
          /[Ss]ignature verification|Integrity|Corrupt/,
        );
      }
    },
    20 * MINUTE,
  );
});
