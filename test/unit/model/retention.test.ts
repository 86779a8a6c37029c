import {
  decideBuilds,
  decideCache,
  parseImageRetention,
  policyFor,
  type CacheEntry,
  type KnownBuild,
} from "../../../model/retention";

const DAY = 24 * 3_600_000;
const NOW = Date.parse("2026-06-30T00:00:00Z");
const policy = { builds: 2, buildDays: 30, cacheGiB: 3 };

/** A finished, good build that began so many days ago. */
function build(days: number, fields: Partial<KnownBuild> = {}): KnownBuild {
  const started = NOW - days * DAY;
  const name = `debian-12-${String(1000 - days)}`;
  return {
    image: "debian-12",
    build: name,
    started,
    last: started,
    good: true,
    diskImages: 100,
    bytes: 110,
    ...fields,
  };
}
const actions = (builds: readonly KnownBuild[]): string[] =>
  decideBuilds(builds, policy, NOW).map(({ build: { started }, action }) => `${(NOW - started) / DAY}: ${action}`);

test("the newest builds stay whole, older ones lose their disk image, old ones go", () => {
  expect(actions([build(40), build(1), build(3), build(29), build(2)])).toEqual([
    "1: keep",
    "2: keep",
    "3: drop disk image",
    "29: drop disk image",
    "40: delete",
  ]);
});

test("what is freed is what goes", () => {
  const frees = decideBuilds([build(1), build(2), build(3), build(40)], policy, NOW).map((verdict) => verdict.frees);
  expect(frees).toEqual([0, 0, 100, 110]);
});

test("the last good build stays whole however old it is", () => {
  const failed = [1, 2, 3].map((days) => build(days, { good: false }));
  expect(actions([...failed, build(400), build(500)])).toEqual([
    "1: keep",
    "2: keep",
    "3: drop disk image",
    "400: keep",
    "500: delete",
  ]);
  expect(decideBuilds([...failed, build(400)], policy, NOW).at(-1)?.reason).toBe("the image's last good build");
});

test("what is in use stays, says why, and takes no other build's place", () => {
  const verdicts = decideBuilds([build(1, { inUse: "its lease is held" }), build(2), build(3), build(4)], policy, NOW);
  expect(verdicts.map(({ action }) => action)).toEqual(["keep", "keep", "keep", "drop disk image"]);
  expect(verdicts[0]?.reason).toBe("its lease is held");
  expect(actions([build(1), build(2), build(90, { inUse: "exported" })]).at(-1)).toBe("90: keep");
});

test("each image is judged by itself", () => {
  const others = [build(50, { image: "other" }), build(60, { image: "other" })];
  expect(actions([build(1), build(2), build(3), ...others])).toEqual([
    "1: keep",
    "2: keep",
    "3: drop disk image",
    "50: keep",
    "60: keep",
  ]);
});

test("a disk image that is gone is not dropped again; age counts from the last that was heard of a build", () => {
  expect(actions([build(1), build(2), build(20, { diskImages: 0 })]).at(-1)).toBe("20: keep");
  expect(actions([build(1), build(2), build(40, { last: NOW - DAY })]).at(-1)).toBe("40: drop disk image");
});

test("a clock that went back deletes nothing", () => {
  const builds = [1, 2, 3, 4].map((days) => build(days, { diskImages: 0 }));
  expect(decideBuilds(builds, policy, NOW - 400 * DAY).every(({ action }) => action === "keep")).toBe(true);
});

const GIB = 1024 ** 3;
const entry = (path: string, days: number, fields: Partial<CacheEntry> = {}): CacheEntry => ({
  path,
  bytes: GIB,
  used: NOW - days * DAY,
  inUse: false,
  ...fields,
});
const gone = (entries: readonly CacheEntry[]): string[] =>
  decideCache(entries, policy, NOW).flatMap(({ entry: { path }, action }) => (action === "delete" ? [path] : []));

test("the cache is cut to its bound, what was used last longest ago first", () => {
  expect(gone([entry("d", 4), entry("a", 1), entry("c", 3), entry("b", 2)])).toEqual(["d"]);
  expect(gone([entry("a", 1), entry("b", 2)])).toEqual([]);
});

test("what nobody used for long goes although there is room", () => {
  expect(gone([entry("a", 1), entry("b", 31)])).toEqual(["b"]);
});

test("what a build host has mounted stays, and counts", () => {
  const mounted = ["x", "y", "z"].map((path) => entry(path, 90, { inUse: true }));
  expect(gone([entry("a", 1), ...mounted])).toEqual(["a"]);
});

test("what an image asks for itself wins; what it leaves out is the factory's", () => {
  expect(policyFor(policy, undefined)).toEqual(policy);
  expect(policyFor(policy, { builds: 7, buildDays: undefined })).toEqual({ ...policy, builds: 7 });
  expect(policyFor(policy, { buildDays: 1 })).toEqual({ ...policy, buildDays: 1 });
});

test.each(["", "{", "null x", '{"builds":0}', '{"buildDays":1.5}', '{"builds":"2"}'])("no retention: %j", (text) => {
  expect(() => parseImageRetention(text, "a.json")).toThrow(/^a\.json: is no image's retention; /);
});

test("an image's retention is read as it is written", () => {
  expect(parseImageRetention('{"builds":2,"more":1}\n', "a.json")).toEqual({ builds: 2 });
});
