/** Two releases, back, and revoked: on a real Glance in two regions, with an administrator, as customers see it. */
import type { Catalogue } from "../../../model/catalogue";
import { getImage, type GlanceImage } from "../../../openstack/glance";
import { scsViolations, type ListedImage } from "../../unit/model/scs-0102";
import { REGIONS } from "../../support/projects";
import type { Built } from "../../support/build-team";
import { Production } from "../../support/production";

const production = new Production({ proxied: true });
let first: Built;
let second: Built;
beforeAll(() => production.start());
afterAll(() => production.end());

async function inGlance(built: Built): Promise<unknown[]> {
  return Promise.all(
    REGIONS.map(async (region) => {
      const image = await getImage(production.administrator(region), built.ids[region]!);
      return image && [image.name, image.visibility, image.os_hidden ? "hidden" : "shown", image.status, image["os_purpose"]];
    }),
  );
}
/** As the standard's test lists it: custom properties apart from Glance's own fields. */
function listed({ name, size, ...image }: GlanceImage): ListedImage {
  const { min_disk, min_ram, created_at, tags } = image;
  const properties = Object.entries(image).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && !/^(id|status|created_at|updated_at)$/.test(entry[0]),
  );
  return { name: name ?? "", size: size ?? 0, min_disk, min_ram, created_at, tags, properties: Object.fromEntries(properties) };
}
const twice = (...words: readonly string[]): unknown[] => [words, words];

async function states(): Promise<Record<string, string>> {
  const catalogue = JSON.parse((await production.released("catalogue.json")) ?? "") as Catalogue;
  return Object.fromEntries(catalogue.images.flatMap(({ releases }) => releases.map(({ build, state }) => [build, state])));
}

async function publishes(built: Built): Promise<void> {
  const approved = await production.factory("publish", "approve", built.build);
  expect([approved.code, approved.output]).toEqual([0, expect.stringContaining("approved")]);
  const published = await production.factory("publish");
  expect([published.code, published.output]).toEqual([0, expect.stringContaining(`is "${production.title}" in RegionOne, RegionTwo`)]);
}

test("a build waits for a person; a dry run changes nothing", async () => {
  first = await production.team.built(0);
  const waits = await production.factory("publish");
  expect([waits.code, waits.output]).toEqual([0, expect.stringContaining(`waits for approval: factory publish approve ${first.build}`)]);
  const dry = await production.factory("publish", "--dry-run", first.build);
  expect([dry.code, dry.output]).toEqual([0, expect.stringMatching(/RegionTwo: .*: promote: name=/)]);
  expect(await inGlance(first)).toEqual(twice(first.build, "private", "shown", "active", "generic"));
});

test("the first release is what everybody finds in both regions, and what the catalogue names", async () => {
  await publishes(first);
  expect(await inGlance(first)).toEqual(twice(production.title, "public", "shown", "active", "generic"));
  for (const region of REGIONS) expect((await production.customerFinds(region)).map(({ id }) => id)).toEqual([first.ids[region]]);
  expect(await states()).toEqual({ [first.build]: "current" });
  expect(await production.released("index.html")).toContain(production.title);
  expect(await production.released("streams/v1/index.sjson")).toContain("BEGIN PGP SIGNED MESSAGE");
  expect(await production.released(`images/tiny-1/${first.build}/packages.txt`)).toContain("base-files");
  const again = await production.factory("publish", first.build);
  expect([again.code, again.output]).toEqual([0, expect.stringContaining("is published already")]);
});

test("the second takes its place", async () => {
  second = await production.team.built(10);
  await publishes(second);
  expect(await inGlance(second)).toEqual(twice(production.title, "public", "shown", "active", "generic"));
  expect(await inGlance(first)).toEqual(twice(`${production.title} prev`, "public", "hidden", "active", "oldgeneric"));
  for (const region of REGIONS) expect((await production.customerFinds(region)).map(({ id }) => id)).toEqual([second.ids[region]]);
  expect(await states()).toEqual({ [first.build]: "previous", [second.build]: "current" });
});

test("what is published keeps the rules of SCS-0102", async () => {
  for (const built of [first, second])
    for (const region of REGIONS) {
      const image = await getImage(production.administrator(region), built.ids[region]!);
      expect(scsViolations(listed(image!), new Date())).toEqual([]);
    }
});

test("what is not in order is refused: altered artefacts, a commit that nobody reviewed", async () => {
  const altered = await production.team.built(20);
  await production.team.tamper(altered.build, "packages.txt", "other");
  const unreviewed = await production.team.built(21, {
    request: (one) => ({ ...one, recipe: { ...one.recipe, commit: production.unreviewed } }),
  });
  const said = [];
  for (const { build } of [altered, unreviewed]) {
    await production.factory("publish", "approve", build);
    const { code, output } = await production.factory("publish", build);
    said.push([code, output]);
  }
  expect(said).toEqual([
    [1, expect.stringContaining("refused: packages.txt: what lies in")],
    [1, expect.stringContaining("is on none of the reviewed branches (main)")],
  ]);
  expect(await inGlance(altered)).toEqual(twice(altered.build, "private", "shown", "active", "generic"));
  expect(await states()).toEqual({ [first.build]: "previous", [second.build]: "current" });
});

test("back to the first in one command", async () => {
  const { code, output } = await production.factory("rollback", "tiny-1");
  expect([code, output]).toEqual([0, expect.stringContaining(`is ${first.build} again`)]);
  for (const region of REGIONS) expect((await production.customerFinds(region)).map(({ id }) => id)).toEqual([first.ids[region]]);
  expect(await inGlance(second)).toEqual(twice(`${production.title} 20260301`, "public", "hidden", "active", "oldgeneric"));
  expect((await states())[first.build]).toBe("current");
});

test("revoked with a region down: withdrawn where it can be, queued and named; then everywhere", async () => {
  production.proxy.reset(({ way }) => (way === "RegionTwo" ? "refuse" : "pass"));
  const revoked = await production.factory("revoke", "tiny-1", "--reason", "a hole in its kernel");
  expect([revoked.code, revoked.output]).toEqual([1, expect.stringContaining(`RegionTwo: ${first.build} is not revoked there yet`)]);
  expect(await inGlance(first)).toEqual([
    [`${production.title} 20260301`, "public", "hidden", "deactivated", "generic"],
    [production.title, "public", "shown", "active", "generic"],
  ]);
  expect((await states())[first.build]).toBe("revoked");
  production.proxy.reset();
  const later = await production.factory("publish");
  expect([later.code, later.output]).toEqual([0, expect.stringContaining("revoked in every region")]);
  expect(await inGlance(first)).toEqual(twice(`${production.title} 20260301`, "public", "hidden", "deactivated", "generic"));
  for (const region of REGIONS) expect(await production.customerFinds(region)).toEqual([]);
  expect(await production.released("catalogue.json")).toContain("a hole in its kernel");
});

test("the records tell all of it, and list says what is current", async () => {
  const { code, output } = await production.factory("publish", "list");
  expect(code).toBe(0);
  expect(output).toContain(`${first.build}  revoked`);
  expect(output).toContain("tiny-1: current is none");
});
