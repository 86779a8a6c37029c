/** The deploying side's dealings with a real cloud, in projects of this run's own. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { credentialSessions } from "../../../deployer/attach";
import { entriesFor, issueCredentials, revokeCredentials } from "../../../deployer/application-credential";
import { removeBuild } from "../../../deployer/clean-up";
import { Deployment } from "../../../deployer/deployment";
import { homeAt } from "../../../deployer/home";
import { hostKeysFromConsole, KnownHosts } from "../../../deployer/known-hosts";
import { release, retain } from "../../../deployer/retained";
import { parseConfig } from "../../../model/config";
import { names, tagMetadata, tags } from "../../../model/naming";
import type { Credentials } from "../../../model/plan";
import { createVolume, listVolumes, waitForVolume } from "../../../openstack/cinder";
import { createImage, deleteImage, listImages, updateImage } from "../../../openstack/glance";
import { listApplicationCredentials } from "../../../openstack/keystone";
import * as neutron from "../../../openstack/neutron";
import * as nova from "../../../openstack/nova";
import { waitForActive, waitForServerGone } from "../../../openstack/nova-wait";
import { Session } from "../../../openstack/session";
import { deleteObject, headContainer, listContainers, putContainer, putObject } from "../../../openstack/swift";
import { cloudEnv } from "../../support/cloud-env";
import { makeProjects, type RunProjects } from "../../support/projects";

const run = `dt${randomBytes(3).toString("hex")}`;
const image = "debian-12";
const build = `${image}-202601010000-${randomBytes(2).toString("hex")}`;
const wait = { timeout: 180_000, interval: 1000 };

let directory: string;
let projects: RunProjects;
let deployment: Deployment;
let networkId: string;
type Undo = () => Promise<void>;
let removeNetwork: Undo;
const environment = process.env;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "deployer-"));
  const env = cloudEnv("--admin");
  projects = await makeProjects(run, directory, env);
  process.env = { ...environment, OS_CLIENT_CONFIG_FILE: projects.cloudsFile };
  const example = readFileSync(path.join(__dirname, "..", "..", "..", "factory.yaml"), "utf8");
  const parsed = parseConfig(example.replace("factory: demo", `factory: ${run}`).replaceAll("demo-", `${run}-`), "factory.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  deployment = new Deployment("/nowhere", parsed.config, [], homeAt(path.join(directory, "home")));
  removeNetwork = await network(deployment.project("build"));
});

afterAll(async () => {
  const compute = deployment.project("build");
  await removeBuild({ factory: run, image, build, compute, regions: regions(), keepImages: false });
  await removeNetwork();
  process.env = environment;
  await projects.remove();
  rmSync(directory, { recursive: true });
});

const regions = (): Session[] => deployment.config.regions.map((region) => deployment.region(region));

/** A network with a router, from which guests get their metadata: without it cloud-init waits two minutes for them. */
async function network(session: Session): Promise<Undo> {
  const make = async (kind: string, fields: object): Promise<string> => {
    const options = { service: "network", method: "POST", path: `/${kind}s`, json: { [kind]: fields } } as const;
    return (await session.json<Record<string, { id: string }>>(options))[kind]!.id;
  };
  const interfaceOf = (router: string, action: string, subnet: string) =>
    session.request({
      service: "network",
      method: "PUT",
      path: `/routers/${router}/${action}_router_interface`,
      json: { subnet_id: subnet },
    });
  networkId = await make("network", { name: run });
  const subnet = await make("subnet", { network_id: networkId, ip_version: 4, cidr: "10.88.0.0/24" });
  const router = await make("router", { name: run });
  await interfaceOf(router, "add", subnet);
  return async () => {
    await interfaceOf(router, "remove", subnet);
    await neutron.remove(session, "routers", router);
    await neutron.remove(session, "networks", networkId);
  };
}

describe("application credentials", () => {
  let credentials: Credentials;
  /** What Keystone says to the id of a credential that is no more. */
  const REFUSED = /POST \/auth\/tokens: (401|404):/;
  const as = (cloud: string, region = "RegionOne"): Session => {
    const credential = credentials[cloud];
    if (!credential) throw new Error(`no credential for ${cloud}`);
    return new Session({ cloud, region, auth: { kind: "applicationCredential", ...credential } });
  };

  beforeAll(async () => {
    const { requests, staging } = deployment.config.buckets;
    for (const bucket of [requests, staging]) await putContainer(deployment.project("production"), bucket);
    const [home, ...others] = deployment.config.regions;
    const entries = entriesFor(deployment, { home: home!, regions: others });
    const expires = new Date(Date.now() + 600_000).toISOString();
    credentials = await issueCredentials(entries, { build, expires, buckets: [requests, staging] });
  });

  test("there is one for each entry, named after the build", async () => {
    expect(Object.keys(credentials).sort()).toEqual(["build", "build-r2", "production"]);
    const own = await listApplicationCredentials(deployment.project("build"));
    expect(own.map(({ name }) => name).sort()).toEqual([`${build}-build`, `${build}-build-r2`]);
    expect(own.every(({ unrestricted }) => !unrestricted)).toBe(true);
  });

  test("with it a temporary instance lives from its port to its end, as stage 9 does it", async () => {
    const session = as("build");
    const name = names.testInstance(build);
    const tag = tags({ factory: run, image, build });
    const port = await neutron.createPort(session, { name, networkId, securityGroupIds: [], tags: tag });
    await nova.createKeyPair(session, name, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJmOcJ3LhpV4TJxVKqyHhZpYJWGgGwCTTxdm9zBtYkXr t");
    const flavor = await nova.flavorByName(session, "m1.nano");
    const tiny = await imageId("tiny");
    const server = { name, flavorId: flavor.id, imageId: tiny, zone: "fake", keyName: name, tags: tag, networks: [{ port: port.id }] };
    const { id } = await nova.createServer(session, server);
    await waitForActive(session, id, wait);
    expect(typeof (await nova.consoleOutput(session, id))).toBe("string");
    expect((await nova.listServers(session, { tags: tag })).map((one) => one.id)).toEqual([id]);
    await nova.deleteServer(session, id);
    await waitForServerGone(session, id, wait);
    expect(await nova.deleteKeyPair(session, name)).toBe(true);
    await neutron.remove(session, "ports", port.id);
  });

  test("with it images are registered in both regions, and none is changed", async () => {
    for (const [cloud, region] of [
      ["build", "RegionOne"],
      ["build-r2", "RegionTwo"],
    ] as const) {
      const session = as(cloud, region);
      const { id } = await createImage(session, { name: build, diskFormat: "qcow2", tags: tags({ factory: run, image, build }) });
      expect((await listImages(session, { name: build })).map((one) => one.id)).toEqual([id]);
      await expect(updateImage(session, id, [{ op: "replace", path: "/name", value: "x" }])).rejects.toMatchObject({ status: 401 });
      expect(await deleteImage(session, id)).toBe(true);
    }
  });

  test("with it objects are put into the two buckets, and nothing is read, listed or deleted", async () => {
    const { requests, staging, release: released } = deployment.config.buckets;
    const session = as("production");
    for (const bucket of [requests, staging]) expect(await putObject(session, bucket, "a/b", "content")).toBe("stored");
    await expect(putObject(session, released, "a", "content")).rejects.toMatchObject({ status: 401 });
    await expect(listContainers(session)).rejects.toMatchObject({ status: 401 });
    await expect(deleteObject(session, staging, "a/b")).rejects.toMatchObject({ status: 401 });
  });

  test("with it nobody makes networks, and the distribution's knows no servers", async () => {
    const network = { service: "network", method: "POST", path: "/networks", json: { network: { name: "x" } } } as const;
    await expect(as("build").request(network)).rejects.toMatchObject({ status: 401 });
    await expect(nova.listServers(as("build-r2"))).rejects.toMatchObject({ status: 401 });
  });

  test("issued again they replace the old ones; revoked they are worth nothing", async () => {
    const old = as("build");
    const [home] = deployment.config.regions;
    const expires = new Date(Date.now() + 600_000).toISOString();
    const entries = entriesFor(deployment, { home: home!, regions: [] });
    credentials = { ...credentials, ...(await issueCredentials(entries, { build, expires, buckets: ["x"] })) };
    await expect(old.token()).rejects.toThrow(REFUSED);
    expect(await revokeCredentials(credentialSessions(deployment), build)).toBe(3);
    expect(await revokeCredentials(credentialSessions(deployment), build)).toBe(0);
    await expect(as("build").token()).rejects.toThrow(REFUSED);
  });

  test("two builds of one user get theirs at the same moment", async () => {
    const ids = [1, 2, 3].map((one) => `${image}-20260101000${one}-${randomBytes(2).toString("hex")}`);
    const [home, ...others] = deployment.config.regions;
    const expires = new Date(Date.now() + 600_000).toISOString();
    // Rules that Keystone has not seen yet: it keeps them per user.
    const issue = (id: string): Promise<Credentials> =>
      issueCredentials(entriesFor(deployment, { home: home!, regions: others }), { build: id, expires, buckets: [`${run}-new`] });
    const all = await Promise.all(ids.map(issue));
    expect(all.map((one) => Object.keys(one).length)).toEqual([3, 3, 3]);
    for (const id of ids) expect(await revokeCredentials(credentialSessions(deployment), id)).toBe(3);
  });
});

describe("what holds data", () => {
  const volume = { factory: run, kind: "volume", name: `${run}-data` } as const;
  const bucket = { factory: run, kind: "container", name: `${run}-bucket` } as const;

  test("a volume is made, taken up again, kept, and deleted on request", async () => {
    const session = deployment.project("build");
    expect(await retain(session, volume, { sizeGiB: 1 })).toBe(`volume ${run}-data: made, 1 GiB`);
    expect(await retain(session, volume, { sizeGiB: 1 })).toBe(`volume ${run}-data: taken up again with its data`);
    expect(await release(session, volume, false)).toContain("kept");
    expect(await listVolumes(session, { name: volume.name })).toHaveLength(1);
    expect(await release(session, volume, true)).toContain("deleted");
    expect(await listVolumes(session, { name: volume.name })).toEqual([]);
  });

  test("a bucket with objects stays, an empty one goes, with all data on request", async () => {
    const session = deployment.project("production");
    expect(await retain(session, bucket)).toContain("made");
    await putObject(session, bucket.name, "a/b c", "content");
    expect(await release(session, bucket, false)).toContain("kept");
    expect(await retain(session, bucket)).toContain("taken up again");
    expect(await release(session, bucket, true)).toContain("deleted with its");
    expect(await headContainer(session, bucket.name)).toBeUndefined();
    expect(await retain(session, bucket)).toContain("made");
    expect(await release(session, bucket, false)).toBe(`bucket ${bucket.name}: deleted, it was empty`);
  });
});

test("a build's leftovers go, and nothing else", async () => {
  const session = deployment.project("build");
  const tag = tags({ factory: run, image, build });
  const [first, second] = regions();
  const mine = await neutron.createPort(session, { name: `${build}-test`, networkId, securityGroupIds: [], tags: tag });
  const other = await neutron.createPort(session, { name: "other", networkId, securityGroupIds: [], tags: tags({ factory: run, image, build: `${build}0` }) });
  await nova.createKeyPair(session, `${build}-test`, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJmOcJ3LhpV4TJxVKqyHhZpYJWGgGwCTTxdm9zBtYkXr t");
  const scratch = await createVolume(session, { name: build, sizeGiB: 1, metadata: tagMetadata({ factory: run, image, build }) });
  await waitForVolume(session, scratch.id, "available", wait);
  await createImage(first!, { name: build, diskFormat: "qcow2", tags: tag });
  await createImage(second!, { name: build, diskFormat: "qcow2", tags: tag });
  const kept = await createImage(first!, { name: "other", diskFormat: "qcow2", tags: tags({ factory: run }) });

  const scope = { factory: run, image, build, compute: session, regions: regions(), keepImages: false };
  expect(await removeBuild(scope)).toEqual({
    servers: 0,
    ports: 1,
    "security groups": 0,
    "key pairs": 1,
    volumes: 1,
    "images in RegionOne": 1,
    "images in RegionTwo": 1,
  });
  expect(Object.values(await removeBuild(scope)).every((count) => count === 0)).toBe(true);
  expect(await neutron.get(session, "ports", mine.id)).toBeUndefined();
  expect(await neutron.remove(session, "ports", other.id)).toBe(true);
  expect(await deleteImage(first!, kept.id)).toBe(true);
});

test("a host's keys come from its console once it has booted, and are pinned", async () => {
  const session = deployment.project("build");
  const tag = tags({ factory: run, image, build });
  // Without a group nothing goes out, not even to the metadata service.
  const [group] = await neutron.list(session, "security-groups", { name: "default" });
  const port = await neutron.createPort(session, { name: build, networkId, securityGroupIds: [group!.id], tags: tag });
  const flavor = await nova.flavorByName(session, "m1.small");
  const { id } = await nova.createServer(session, {
    name: build,
    flavorId: flavor.id,
    imageId: await imageId("factory-host"),
    zone: "lxc",
    tags: tag,
    networks: [{ port: port.id }],
  });
  const server = await waitForActive(session, id, wait);
  const keys = await hostKeysFromConsole(session, server, { timeout: 300_000 });
  expect(keys.map(({ type }) => type)).toContain("ssh-ed25519");
  const known = new KnownHosts(path.join(directory, "known_hosts"));
  known.pin(server, "now", keys);
  // The console still tells the same ones.
  known.pin(server, "now", await hostKeysFromConsole(session, server, { timeout: 10_000 }));
  await expect(hostKeysFromConsole(session, { id, name: "x" }, { timeout: 0 })).resolves.toHaveLength(keys.length);
});

async function imageId(name: string): Promise<string> {
  const [found] = await listImages(deployment.project("build"), { name, status: "active" });
  if (!found) throw new Error(`the cloud has no image ${name}`);
  return found.id;
}
