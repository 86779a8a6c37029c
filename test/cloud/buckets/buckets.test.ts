/** The buckets of a real object storage, as build hosts, the publisher, everybody, and programs that speak S3 see them. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { entriesFor, issueCredentials, revokeCredentials } from "../../../deployer/application-credential";
import { credentialSessions } from "../../../deployer/attach";
import { Deployment } from "../../../deployer/deployment";
import { homeAt } from "../../../deployer/home";
import { issueNodeCredential, type IssuedCredential } from "../../../deployer/node-credential";
import { publisherCredentialKind, revokePublisherCredentials } from "../../../deployer/publisher-credential";
import { releasedUrl } from "../../../deployer/released";
import { release, retain } from "../../../deployer/retained";
import { plannedBuckets, type BucketUse } from "../../../model/buckets";
import { parseConfig } from "../../../model/config";
import type { PublisherSettings } from "../../../model/publisher";
import { listAccessRules } from "../../../openstack/keystone";
import { Session } from "../../../openstack/session";
import * as swift from "../../../openstack/swift";
import { check } from "../../../publisher/check";
import { cloudEnv } from "../../support/cloud-env";
import { makeProjects, type RunProjects } from "../../support/projects";
import { s3, s3Keys } from "../../support/s3";

const run = `bt${randomBytes(3).toString("hex")}`;
const build = `debian-12-202601010000-${randomBytes(2).toString("hex")}`;
const environment = process.env;
let directory: string;
let projects: RunProjects;
let deployment: Deployment;
let owner: Session;

const bucket = (use: BucketUse): string => `${run}-${use}`;
const named = (use: BucketUse) => ({ factory: run, kind: "container", name: bucket(use) }) as const;
const settings = (use: BucketUse, change: Record<string, string> = {}) => {
  const { publicRead = false, versioned = false } = plannedBuckets(deployment.config.buckets).find(
    (b) => b.use === use,
  )!;
  return { settings: { "public-read": String(publicRead), versioned: String(versioned), ...change } };
};

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "buckets-"));
  projects = await makeProjects(run, directory, cloudEnv("--admin"));
  process.env = { ...environment, OS_CLIENT_CONFIG_FILE: projects.cloudsFile };
  const example = readFileSync(path.join(__dirname, "..", "..", "..", "factory.yaml"), "utf8");
  const text = example.replace("factory: demo", `factory: ${run}`).replaceAll("demo-", `${run}-`);
  const parsed = parseConfig(text, "factory.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  deployment = new Deployment("/nowhere", parsed.config, [], homeAt(path.join(directory, "home")));
  owner = deployment.project("production");
  for (const { use } of plannedBuckets(deployment.config.buckets)) await retain(owner, named(use), settings(use));
});

afterAll(async () => {
  await revokeCredentials(credentialSessions(deployment), build);
  await revokePublisherCredentials(deployment);
  for (const { use } of plannedBuckets(deployment.config.buckets)) await release(owner, named(use), true);
  expect(await swift.listContainers(owner)).toEqual([]);
  process.env = environment;
  await projects.remove();
  rmSync(directory, { recursive: true });
});

/** What somebody without any credential is answered. */
async function anonymous(use: BucketUse, name: string): Promise<number> {
  const account = await owner.endpoint("object-store");
  return (await fetch(`${account}/${bucket(use)}${name}`)).status;
}

describe("who reads", () => {
  test("everybody reads an object of release, and nobody lists it; the others are the project's alone", async () => {
    for (const use of ["release", "staging", "requests", "backups"] as const)
      await swift.putObject(owner, bucket(use), "a/b", use);
    const read = await fetch(`${await releasedUrl(deployment)}/a/b`);
    expect([read.status, await read.text()]).toEqual([200, "release"]);
    expect(await anonymous("release", "")).toBe(401);
    for (const use of ["staging", "requests", "backups"] as const)
      expect([await anonymous(use, "/a/b"), await anonymous(use, "")]).toEqual([401, 401]);
  });

  test("a changed setting holds from the next deploy on, and takes no object away", async () => {
    const line = await retain(owner, named("release"), settings("release", { "public-read": "false" }));
    expect(line).toBe(`bucket ${bucket("release")}: taken up again, 1 objects, keeps former versions`);
    expect(await anonymous("release", "/a/b")).toBe(401);
    expect(await retain(owner, named("release"), settings("release"))).toContain("read by everybody");
    expect(await anonymous("release", "/a/b")).toBe(200);
  });
});

test("what is overwritten or deleted stays as a former version in release alone", async () => {
  const versions = async (use: BucketUse): Promise<number> => {
    await swift.putObject(owner, bucket(use), "versions", "one");
    await swift.putObject(owner, bucket(use), "versions", "two");
    await swift.deleteObject(owner, bucket(use), "versions");
    expect(await swift.getObject(owner, bucket(use), "versions")).toBeUndefined();
    return (await swift.listVersions(owner, bucket(use), "versions")).length;
  };
  // two contents, and the mark that it was deleted
  expect(await versions("release")).toBe(3);
  for (const use of ["staging", "requests", "backups"] as const) expect(await versions(use)).toBe(0);
});

test("an object can be given an end", async () => {
  await swift.putObject(owner, bucket("staging"), "ends", "x", { deleteAfter: 3600 });
  const request = { service: "object-store", method: "HEAD", path: `/${bucket("staging")}/ends` } as const;
  const { headers } = await owner.request(request);
  expect(Number(headers["x-delete-at"]) - Date.now() / 1000).toBeGreaterThan(3000);
});

test("objects go to and come from the buckets by S3, and are the same by Swift", async () => {
  const keys = await s3Keys(owner);
  try {
    const endpoint = new URL(await owner.endpoint("object-store")).origin;
    const call = (method: "GET" | "PUT" | "HEAD", name: string, body?: string) =>
      s3(endpoint, keys, { method, path: `/${bucket("staging")}/${name}`, ...(body !== undefined && { body }) });
    expect((await call("PUT", "by-s3", "content by S3")).status).toBe(200);
    expect((await swift.getObject(owner, bucket("staging"), "by-s3"))?.toString()).toBe("content by S3");
    await swift.putObject(owner, bucket("staging"), "by-swift", "content by Swift");
    expect(await call("GET", "by-swift")).toEqual({ status: 200, text: "content by Swift" });
    expect((await call("GET", "nothing")).status).toBe(404);
    const wrong = await s3(
      endpoint,
      { ...keys, secret: "wrong" },
      { method: "GET", path: `/${bucket("staging")}/by-s3` },
    );
    expect(wrong.status).toBe(403);
  } finally {
    await keys.remove();
  }
});

describe("a build host", () => {
  let host: Session;
  const refused = { status: 401 };

  beforeAll(async () => {
    const [home] = deployment.config.regions;
    const { requests, staging } = deployment.config.buckets;
    const expires = new Date(Date.now() + 600_000).toISOString();
    const entries = entriesFor(deployment, { home: home!, regions: [] });
    const credentials = await issueCredentials(entries, { build, expires, buckets: [requests, staging] });
    const auth = { kind: "applicationCredential", ...credentials["production"]! } as const;
    host = new Session({ cloud: "host", region: home!.region, auth });
  });

  test("puts its artefacts and its request", async () => {
    expect(await swift.putObject(host, bucket("staging"), `debian-12/${build}/a/b.txt`, "x")).toBe("stored");
    expect(await swift.putObject(host, bucket("requests"), `${build}.json`, "{}")).toBe("stored");
  });

  test.each(["release", "backups"] as const)("neither writes to %s nor lists it", async (use) => {
    for (const name of ["a/b", "new", "images/debian-12/x"])
      await expect(swift.putObject(host, bucket(use), name, "x")).rejects.toMatchObject(refused);
    await expect(swift.listObjects(host, bucket(use))).rejects.toMatchObject(refused);
  });

  test("reads no backup", async () => {
    await expect(swift.getObject(host, bucket("backups"), "a/b")).rejects.toMatchObject(refused);
  });

  test("changes no bucket, not even by an address that ends in a slash", async () => {
    const { staging } = deployment.config.buckets;
    for (const where of [`/${staging}`, `/${staging}/`, `/${staging}//`, `/${staging}/?x`]) {
      const headers = { "x-container-read": ".r:*,.rlistings" };
      const request = { service: "object-store", method: "PUT", path: where, headers } as const;
      await expect(host.request(request)).rejects.toMatchObject(refused);
    }
    expect((await swift.headContainer(owner, staging))?.readers).toBe("");
  });

  test("deletes and lists nothing", async () => {
    await expect(swift.deleteObject(host, bucket("staging"), "a/b")).rejects.toMatchObject(refused);
    await expect(swift.listObjects(host, bucket("staging"))).rejects.toMatchObject(refused);
  });
});

describe("the publisher", () => {
  let issued: IssuedCredential;
  const issue = async (): Promise<IssuedCredential> =>
    issueNodeCredential(deployment.project("production"), await publisherCredentialKind(deployment));
  const login = ({ credential }: IssuedCredential): Session =>
    new Session({ cloud: "publisher", region: "RegionOne", auth: { kind: "applicationCredential", ...credential } });
  const about = (): PublisherSettings => ({
    factory: run,
    region: "RegionOne",
    buckets: deployment.config.buckets,
    expires: issued.expires,
  });

  beforeAll(async () => (issued = await issue()));

  test("writes to and reads from release, and reads requests and staging; its probe leaves nothing", async () => {
    expect(await check(login(issued), about())).toMatch(
      new RegExp(
        `^writes ${bucket("release")}; \\d+ requests in ${bucket("requests")}, \\d+ objects in .*; credential for 1(79|80) days$`,
      ),
    );
    expect(await swift.listVersions(owner, bucket("release"), ".factory/")).toEqual([]);
    const publisher = login(issued);
    expect(await swift.putObject(publisher, bucket("release"), "images/debian-12/x.txt", "x")).toBe("stored");
    expect((await swift.getObject(publisher, bucket("staging"), "a/b"))?.toString()).toBe("staging");
  });

  test("writes to no other bucket, changes none, and reads no backup", async () => {
    const publisher = login(issued);
    for (const use of ["staging", "requests", "backups"] as const) {
      await expect(swift.putObject(publisher, bucket(use), "a/b", "x")).rejects.toMatchObject({ status: 401 });
      await expect(swift.deleteObject(publisher, bucket(use), "a/b")).rejects.toMatchObject({ status: 401 });
    }
    await expect(swift.getObject(publisher, bucket("backups"), "a/b")).rejects.toMatchObject({ status: 401 });
    const change = swift.changeContainer(publisher, bucket("release"), { readers: "" });
    await expect(change).rejects.toMatchObject({ status: 401 });
    await expect(swift.putContainer(publisher, `${bucket("release")}/`)).rejects.toMatchObject({ status: 401 });
  });

  test("that is about to lose its credential says so", async () => {
    const soon = new Date(Date.parse(issued.expires) - 3 * 86_400_000);
    await expect(check(login(issued), about(), soon)).rejects.toThrow("its credential ends in 3 days; renew it");
  });

  test("is given a new credential, and only then the former one ends; at the end all do, and their rules", async () => {
    const next = await issue();
    await expect(login(issued).token()).resolves.toBeDefined();
    await next.revokeFormer();
    await expect(login(issued).token()).rejects.toMatchObject({ status: expect.any(Number) as number });
    await expect(login(next).token()).resolves.toBeDefined();
    expect(await revokePublisherCredentials(deployment)).toBe(1);
    const left = (await listAccessRules(owner)).filter(({ path: where }) => where.includes(bucket("release")));
    expect(left).toEqual([]);
    await expect(login(next).token()).rejects.toMatchObject({ status: expect.any(Number) as number });
  });
});
