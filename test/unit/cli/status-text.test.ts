import { retainedLines, statusLines, wrapped } from "../../../cli/status-text";
import type { FactoryStatus } from "../../../deployer/status";

const allowance = { used: 6, max: 20 };
const STATUS: FactoryStatus = {
  factory: "demo",
  nodes: [
    {
      name: "demo-controller",
      role: "controller",
      status: "ACTIVE",
      address: "10.60.0.5",
      checks: [
        { name: "disk", ok: true, detail: "/: 63 % free" },
        {
          name: "certificate",
          ok: false,
          detail: `${"the certificate has two days left and ".repeat(4)}must be renewed`,
        },
      ],
    },
    {
      name: "demo-jump-host",
      role: "jump-host",
      status: "ACTIVE",
      address: "10.60.0.2",
      publicAddress: "172.24.4.9",
      checks: [{ name: "disk", ok: true, detail: "/: 80 % free" }],
    },
    { name: "debian-12-202601010000-0001", role: "build-host", status: "BUILD", address: "10.60.0.9", checks: [] },
  ],
  leases: [],
  images: [
    {
      region: "RegionOne",
      name: "debian-12-minimal-202601010000-0001",
      id: "5a3ce2a7-14ed-4b32-8b0e-0e7a6e2f0c11",
      status: "active",
      visibility: "private",
      size: 1_500_000_000,
      hash: `sha512:${"a".repeat(128)}`,
    },
  ],
  buckets: [
    { name: "demo-staging", objects: 0, bytes: 0 },
    { name: "demo-backups", objects: 3, bytes: 4096 },
  ],
  volumes: [
    {
      name: "demo-directory-replica-2-data",
      project: "services",
      id: "0d3ce2a7-14ed-4b32-8b0e-0e7a6e2f0c11",
      sizeGiB: 1,
      status: "available",
    },
  ],
  quotas: [
    {
      cloud: "build",
      quotas: {
        instances: { used: 19, max: 20 },
        cores: allowance,
        "MiB of RAM": { used: 2048, max: 51200 },
        volumes: { used: 3, max: -1 },
        "GiB of volumes": allowance,
      },
      low: ["instances"],
      short: ["build: quota: a build needs 2 more instances, 19 of 20 are used; remove something, or ask for more"],
    },
  ],
  secrets: [],
  certificates: [],
  webAddress: "172.24.4.7",
  problems: [],
  inOrder: false,
  reasons: [
    "demo-controller: certificate: the certificate has two days left",
    "build: quota: a build needs 2 more instances, 19 of 20 are used; remove something, or ask for more",
  ],
};

test("every node stands above what it says of itself; what fails is told and counted", () => {
  const lines = statusLines(STATUS);
  expect(lines.slice(0, 5)).toEqual([
    "factory demo: NOT IN ORDER",
    "  demo-controller: certificate: the certificate has two days left",
    "  build: quota: a build needs 2 more instances, 19 of 20 are used; remove something, or ask for more",
    "web site: https://172.24.4.7/",
    "",
  ]);
  const at = lines.findIndex((line) => line.startsWith("demo-controller "));
  expect(lines.slice(at, at + 4)).toEqual([
    "demo-controller              ACTIVE  10.60.0.5   1 of 2 FAIL",
    "  ok    disk         /: 63 % free",
    expect.stringMatching(/^ {2}FAIL {2}certificate {2}the certificate has two days left/),
    expect.stringMatching(/^ {21}\S/),
  ]);
  expect(lines).toContain("demo-jump-host               ACTIVE  172.24.4.9  all 1 pass");
  expect(lines).toContain("debian-12-202601010000-0001  BUILD   10.60.0.9");
});

test("quotas tell what is left and what is low", () => {
  const lines = statusLines(STATUS);
  expect(lines).toContainEqual(
    expect.stringMatching(/^build +1 of 20 LOW +14 of 20 +48\.0 GiB of 50\.0 GiB +no limit +14 of 20$/),
  );
});

test("no line is longer than 100 characters", () => {
  expect(statusLines(STATUS).filter((line) => line.length > 100)).toEqual([]);
});

test("what is not deployed, or not known, is not told as a table", () => {
  const nothing = { ...STATUS, nodes: [], images: [], buckets: [], volumes: [], quotas: [] };
  expect(statusLines(nothing)).toEqual(["factory demo is not deployed"]);
  expect(statusLines({ ...nothing, problems: ["nodes: 403"] })).toEqual(["factory demo"]);
  expect(retainedLines(nothing)).toEqual(["nothing is retained"]);
});

test("a word that is longer than a line stays whole", () => {
  expect(wrapped("x ", `a ${"b".repeat(120)} c`)).toEqual(["x a", `  ${"b".repeat(120)}`, "  c"]);
});
