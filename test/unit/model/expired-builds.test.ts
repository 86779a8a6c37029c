import { expiredBuilds, tagsOfMetadata } from "../../../model/expired-builds";
import { tagMetadata, tags } from "../../../model/naming";

const NOW = new Date("2026-01-03T00:00:00Z");
const BUILD = "debian-12-202601010000-0001";
const fields = { factory: "demo", image: "debian-12", build: BUILD, expires: "2026-01-02T00:00:00Z" };
const thing = (kind: string, more: Partial<typeof fields> = {}) => ({ kind, tags: tags({ ...fields, ...more }) });
const found = (...things: Parameters<typeof expiredBuilds>[0]) => expiredBuilds(things, "demo", NOW);

test("what is left of a build is counted by kind", () => {
  expect(found(thing("servers"), thing("ports"), thing("ports"))).toEqual([
    { build: BUILD, image: "debian-12", expires: fields.expires, left: { servers: 1, ports: 2 } },
  ]);
});

test("the oldest comes first", () => {
  const older = { build: "debian-12-202512310000-0009", expires: "2026-01-01T00:00:00Z" };
  expect(found(thing("servers"), thing("servers", older)).map(({ build }) => build)).toEqual([older.build, BUILD]);
});

test.each([
  ["has not expired", thing("servers", { expires: "2026-01-03T00:00:01Z" })],
  ["expires at a time that can't be read", thing("servers", { expires: "soon" })],
  ["is another factory's", thing("servers", { factory: "demo2" })],
  ["lacks the factory's own tag", { kind: "servers", tags: tags(fields).slice(1) }],
  ["is no build's", { kind: "servers", tags: tags({ factory: "demo", expires: fields.expires }) }],
  ["never expires", { kind: "servers", tags: tags({ factory: "demo", image: "debian-12", build: BUILD }) }],
  ["says that it is another image's", thing("servers", { image: "debian-13" })],
])("what %s stays", (_, one) => {
  expect(found(one)).toEqual([]);
});

test("the latest expiry of all that is left decides", () => {
  expect(found(thing("volumes"), thing("servers", { expires: "2026-01-04T00:00:00Z" }))).toEqual([]);
});

test("metadata stands for the same tags", () => {
  expect(tagsOfMetadata(tagMetadata(fields))).toEqual(tags(fields));
  expect(tagsOfMetadata({ image_factory_build: BUILD })).toEqual([]);
});
