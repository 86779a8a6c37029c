import { catalogueProblems, regionProblems, shareSpace, sizeProblems } from "../../../deployer/image-checks";
import { imageDefinition } from "../model/definitions";
import { CloudServer } from "../openstack/cloud-server";
import { exampleContext } from "../stacks/context";

const { config } = exampleContext();
const NOW = new Date("2026-03-01T12:00:00Z");

test("an image that is still provided, of build hosts' architecture, may be built, on its last day too", () => {
  for (const providedUntil of ["2026-03-01", "2028-06-30", "none", "notice"]) {
    expect(catalogueProblems(imageDefinition({ providedUntil }), config, NOW)).toEqual([]);
  }
});

test("one that is provided no more, and one of another architecture, are told", () => {
  const image = imageDefinition({ providedUntil: "2026-02-28", architecture: "aarch64" });
  expect(catalogueProblems(image, config, NOW)).toEqual([
    'images/debian-12/image.yaml: providedUntil: "2026-02-28" is over; write a later date, or take the image out',
    'images/debian-12/image.yaml: architecture: "aarch64", but build hosts are x86_64',
  ]);
});

test("scratch, and disk and memory of the test instance, must hold the image", () => {
  const flavor = { id: "1", name: "m1.small", vcpus: 1, ram: 2048, disk: 10 };
  const surroundings = { flavors: [flavor], configFile: "factory.yaml" };
  expect(sizeProblems(imageDefinition(), config, surroundings)).toEqual([]);
  expect(sizeProblems(imageDefinition({ minDiskGiB: 26, minRamMiB: 4096 }), config, surroundings)).toEqual([
    "factory.yaml: nodes.buildHost.scratchGiB: 30, image debian-12 needs 32; raise it",
    'factory.yaml: nodes.testInstance.flavor: "m1.small" has 10 GiB of disk, image debian-12 needs 26; name a larger one',
    'factory.yaml: nodes.testInstance.flavor: "m1.small" has 2048 MiB of RAM, image debian-12 needs 4096; name a larger one',
  ]);
  const diskless = { ...surroundings, flavors: [{ ...flavor, disk: 0 }] };
  expect(sizeProblems(imageDefinition({ minDiskGiB: 20 }), config, diskless)).toEqual([]);
});

test("a share without room is told", async () => {
  const free = (gib: number) => ({ freeBytes: () => Promise.resolve(gib * 1024 ** 3) });
  expect(await shareSpace(free(2))).toEqual([]);
  expect(await shareSpace(free(1.5))).toEqual([expect.stringMatching(/^share: 1\.5 GiB free, a build needs 2; /)]);
});

describe("a region", () => {
  let cloud: CloudServer;
  beforeEach(async () => {
    cloud = await CloudServer.start();
    cloud.on("GET /v2/images", { json: { images: [] } });
  });
  afterEach(() => cloud.stop());
  const target = { name: "two", cloud: "test", region: "RegionOne" };

  test("that takes images the way that is configured is fine; direct needs no asking", async () => {
    expect(await regionProblems(cloud.session(), target)).toEqual([]);
    cloud.on("GET /v2/info/import", { json: { "import-methods": { value: ["glance-direct", "web-download"] } } });
    expect(await regionProblems(cloud.session(), { ...target, import: "glance-direct" })).toEqual([]);
  });

  test("whose Glance does not offer that way, or knows no imports, is told", async () => {
    cloud.on("GET /v2/info/import", { json: { "import-methods": { value: ["glance-direct"] } } });
    const download = { ...target, import: "web-download" } as const;
    expect(await regionProblems(cloud.session(), download)).toEqual([
      "factory.yaml: regions: two has import: web-download, its Glance offers glance-direct; write direct",
    ]);
    cloud.on("GET /v2/info/import", { status: 404 });
    expect(await regionProblems(cloud.session(), download)).toEqual([expect.stringContaining("offers no imports")]);
  });
});
