import { readCatalogue } from "../../../model/catalogue";
import { publish, type Outcome } from "../../../publisher/publish";
import type { Publisher } from "../../../publisher/ports";
import { build, imageId, World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const go = (index: number, more: Partial<Publisher> = {}): Promise<Outcome> =>
  publish(world.publisher(more), build(index), false);

test("the catalogue says where customers find each region", async () => {
  world.built(0);
  await go(0);
  const { regions } = readCatalogue(world.release.text("catalogue.json")!);
  expect(regions.map(({ name, authUrl }) => [name, authUrl])).toEqual([
    ["RegionOne", "https://regionone.example.org/v3"],
    ["RegionTwo", "https://regiontwo.example.org/v3"],
  ]);
});

test("what no region has any more goes as a file; what tells of it stays", async () => {
  const more = { policy: { ...world.publisher().policy, keep: 2, deleteAfterDays: 0 } };
  const files = (index: number): Promise<readonly string[]> =>
    world.release
      .list(`images/debian-12/${build(index)}/`)
      .then((names) => names.map((name) => name.split("/").at(-1)!));
  for (const index of [0, 1, 2]) {
    world.built(index);
    expect(await go(index, more)).toBe("published");
  }
  expect(world.one.stored.has(imageId(0, 1))).toBe(false);
  expect(await files(0)).toEqual([
    "SHA256SUMS",
    "SHA256SUMS.asc",
    "packages.txt",
    "signing-key.asc",
    "signing-key.gpg",
    "junit.xml",
  ]);
  expect(await files(1)).toContain(`${build(1)}.qcow2`);
  const { images } = readCatalogue(world.release.text("catalogue.json")!);
  const told = images[0]!.releases.map(({ build: one, artefacts }) =>
    artefacts.some(({ path }) => path === `${one}.qcow2`),
  );
  expect(told).toEqual([true, true, false]);
});
