import { listImages } from "../../../openstack/glance";
import { createPort, list, networkQuotas, oneByName, remove } from "../../../openstack/neutron";
import * as nova from "../../../openstack/nova";
import { waitForActive, waitForServerGone } from "../../../openstack/nova-wait";
import { CleanUp, session, unique } from "./support";

const cloud = session();
const cleanUp = new CleanUp();
afterAll(() => cleanUp.now());

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK5yI1i8sJ9Cq3m0Zr0bZ4m8c1b1c2Qm6Yc9T1aQm9Kp test";

async function network(name: string): Promise<string> {
  const make = async (path: string, json: object): Promise<string> => {
    const answer = await cloud.json<Record<string, { id: string }>>({ service: "network", method: "POST", path, json });
    return Object.values(answer)[0]!.id;
  };
  const id = await make("/networks", { network: { name } });
  cleanUp.later(() => remove(cloud, "networks", id));
  const subnet = { name, network_id: id, ip_version: 4, cidr: "10.199.0.0/24", enable_dhcp: false };
  await make("/subnets", { subnet });
  return id;
}

test("a server's life, with port, key pair and tags", async () => {
  const name = unique("server");
  const tags = ["image-factory", `build=${name}`];
  const networkId = await network(name);
  expect((await oneByName(cloud, "networks", name)).id).toBe(networkId);

  const port = await createPort(cloud, { name, networkId, securityGroupIds: [], tags });
  cleanUp.later(() => remove(cloud, "ports", port.id));
  expect((await list(cloud, "ports", { tags })).map((one) => one.id)).toEqual([port.id]);
  expect(await list(cloud, "ports", { tags: [...tags, "another"] })).toEqual([]);

  const pair = await nova.createKeyPair(cloud, name, KEY);
  cleanUp.later(() => nova.deleteKeyPair(cloud, name));
  expect((await nova.listKeyPairs(cloud)).map((one) => one.name)).toContain(pair.name);

  const [image] = await listImages(cloud, { name: "tiny" });
  const { id } = await nova.createServer(cloud, {
    name,
    flavorId: (await nova.flavorByName(cloud, "m1.nano")).id,
    imageId: image!.id,
    zone: "fake",
    networks: [{ port: port.id }],
    keyName: name,
    userData: "#cloud-config\n{}\n",
    metadata: { image_factory: "test" },
    tags,
  });
  cleanUp.later(async () => {
    await nova.deleteServer(cloud, id);
    await waitForServerGone(cloud, id, { timeout: 60_000 });
  });
  const server = await waitForActive(cloud, id, { timeout: 120_000, interval: 500 });
  expect(server).toMatchObject({ name, metadata: { image_factory: "test" }, key_name: name });
  expect([...server.tags].sort()).toEqual([...tags].sort());
  expect((await nova.listServers(cloud, { tags })).map((one) => one.id)).toEqual([id]);
  expect((await nova.listServers(cloud, { name })).map((one) => one.id)).toEqual([id]);
  expect(await nova.listServers(cloud, { name: name.slice(0, -1) })).toEqual([]);
  expect(await nova.consoleOutput(cloud, id)).toMatch(/CONSOLE/);

  expect(await nova.deleteServer(cloud, id)).toBe(true);
  await waitForServerGone(cloud, id, { timeout: 60_000, interval: 500 });
  expect(await nova.deleteServer(cloud, id)).toBe(false);
});

test("what there is: flavors, zones, limits, quotas", async () => {
  await expect(nova.flavorByName(cloud, "m9.giant")).rejects.toThrow(/^build: no flavor "m9\.giant"; there are: .*m1\.tiny/);
  expect(await nova.listZones(cloud)).toEqual(expect.arrayContaining(["lxc", "qemu"]));
  const limits = await nova.computeLimits(cloud);
  expect(limits.instances.used).toBeGreaterThanOrEqual(0);
  expect(limits.cores.max).toBeGreaterThanOrEqual(-1);
  expect((await networkQuotas(cloud))["floatingip"]).toMatchObject({ used: expect.any(Number) as number });
});

test("what there is not", async () => {
  const nothing = "00000000-0000-0000-0000-000000000000";
  expect(await nova.getServer(cloud, nothing)).toBeUndefined();
  expect(await nova.deleteKeyPair(cloud, unique("none"))).toBe(false);
  expect(await remove(cloud, "ports", nothing)).toBe(false);
  await expect(oneByName(cloud, "networks", "no-such-network")).rejects.toThrow('build: networks "no-such-network": there is none');
});
