import { keptSecrets, purgeSecrets, secretStatuses } from "../../../../deployer/secrets/kept";
import type { CloudServer } from "../../openstack/cloud-server";
import { FakeBarbican } from "../../openstack/fake-barbican";
import { deploymentWith } from "./context";

let cloud: CloudServer;
let barbican: FakeBarbican;
beforeEach(async () => ({ cloud, barbican } = await FakeBarbican.start()));
afterEach(() => cloud.stop());

test("the list tells where each comes from, when it was made, who uses it, and never a value", async () => {
  barbican.put("demo-ca", "-----BEGIN PRIVATE KEY-----");
  barbican.put("demo-backup", "old value");
  barbican.put("demo-backup.rotation", "under way");
  const found = await secretStatuses(deploymentWith(cloud.session(), { jenkinsAdmin: "env:ADMIN" }));
  expect(found.map(({ name, source, made }) => [name, source, made])).toEqual([
    ["ca", "generate", "2026-01-01T00:00:01.000Z"],
    ["directoryReader", "generate", undefined],
    ["directoryReplicator", "generate", undefined],
    ["jenkinsAdmin", "env:ADMIN", undefined],
    ["jenkinsMetrics", "generate", undefined],
    ["backup", "generate", "2026-01-01T00:00:02.000Z"],
    ["publisher", "generate", undefined],
    ["webCertificate", undefined, undefined],
    ["smtp", undefined, undefined],
  ]);
  expect(found.filter(({ rotating }) => rotating).map(({ name }) => name)).toEqual(["backup"]);
  expect(found[2]?.usedBy).toEqual(["directory-replica"]);
  expect(JSON.stringify(found)).not.toMatch(/PRIVATE KEY|old value/);
});

test("Barbican is not asked when the user brings all of them", async () => {
  const brought = "file:/secret";
  const all = {
    ca: brought,
    directoryReader: brought,
    directoryReplicator: brought,
    jenkinsAdmin: brought,
    jenkinsMetrics: brought,
  };
  await secretStatuses(deploymentWith(cloud.session(), { ...all, backup: brought, publisher: brought }));
  expect(cloud.seen).toEqual([]);
});

describe("what destroying the factory keeps", () => {
  beforeEach(() => {
    barbican.put("demo-ca", "one");
    barbican.put("demo-backup", "two");
    barbican.put("demo-backup", "three");
    barbican.put("demo-backup.rotation", "under way");
    barbican.put("demo-x-ca", "another factory's");
    barbican.put("demo-own", "the user's");
  });

  test("is told by name", async () => {
    expect(await keptSecrets(deploymentWith(cloud.session()))).toEqual([
      "demo-backup",
      "demo-backup.rotation",
      "demo-ca",
    ]);
  });

  test("goes when all data is to go, and nothing else does", async () => {
    // what was generated once goes too, whatever factory.yaml says now
    const deployment = deploymentWith(cloud.session(), { ca: "file:/ca.pem" });
    expect(await purgeSecrets(deployment)).toEqual([
      "secret demo-backup: deleted",
      "secret demo-backup.rotation: deleted",
      "secret demo-ca: deleted",
    ]);
    expect(barbican.names()).toEqual(["demo-x-ca", "demo-own"]);
    expect(await purgeSecrets(deployment)).toEqual([]);
  });

  test("is nothing in a cloud without Barbican; a listing that fails is not nothing", async () => {
    cloud.on("GET /key-manager/v1/secrets", { status: 403, text: "no" });
    await expect(purgeSecrets(deploymentWith(cloud.session()))).rejects.toThrow("403: no");
    cloud.catalogue = [];
    expect(await purgeSecrets(deploymentWith(cloud.session()))).toEqual([]);
  });
});
