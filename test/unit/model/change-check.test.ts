import { checkForChange, packageLine, type BuildInputs } from "../../../model/change-check";

const inputs = (over: Partial<BuildInputs> = {}): BuildInputs => ({
  recipe: { commit: "a".repeat(40), digest: "d1" },
  builder: { name: "diskimage-builder", version: "3.13.0" },
  repositories: { "debian bookworm": "r1", "debian-security bookworm-security": "r2" },
  ...over,
});
const reasons = (last: BuildInputs, now: BuildInputs): readonly string[] => checkForChange(last, now).reasons;

test("the first build of an image is a change", () => {
  expect(checkForChange(undefined, inputs())).toEqual({
    changed: true,
    reasons: ["there is no release of this image yet"],
    packages: [],
  });
});

test("nothing changed, and another commit that leaves the recipe alone is no change", () => {
  const now = inputs({ recipe: { commit: "b".repeat(40), digest: "d1" } });
  expect(checkForChange(inputs(), now)).toEqual({
    changed: false,
    reasons: ["recipe d1, diskimage-builder 3.13.0 and repositories are those of the last release"],
    packages: [],
  });
});

test("recipe, builder, repositories: a line for each", () => {
  const now = inputs({
    recipe: { commit: "b".repeat(40), digest: "d2" },
    builder: { name: "diskimage-builder", version: "3.14.0" },
    repositories: { "debian bookworm": "r9", "debian bookworm-updates": "r3" },
  });
  expect(reasons(inputs(), now)).toEqual([
    "recipe: changed between commits aaaaaaaaaaaa and bbbbbbbbbbbb",
    "builder: diskimage-builder 3.13.0 → diskimage-builder 3.14.0",
    "repository debian bookworm: has new contents",
    "repository debian bookworm-updates: is new",
    "repository debian-security bookworm-security: is used no more",
  ]);
});

test("another image of build hosts is a change, where it is known of both", () => {
  const base = (hash: string): Partial<BuildInputs> => ({ base: { name: "factory-host", hash } });
  expect(reasons(inputs(base("aaa")), inputs(base("bbb")))).toEqual([
    "build host's image: factory-host aaa → factory-host bbb",
  ]);
  expect(checkForChange(inputs(), inputs(base("bbb"))).changed).toBe(false);
  expect(reasons(inputs(base("aaa")), inputs(base("aaa")))).toEqual([
    "recipe d1, diskimage-builder 3.13.0, build host's image aaa and repositories are those of the last release",
  ]);
});

test("a region that the last release is not in is a change, one less is none", () => {
  const regions = (...names: string[]): BuildInputs => inputs({ regions: names });
  expect(reasons(regions("one"), regions("one", "two"))).toEqual(["region two: has no image of the last release"]);
  expect(checkForChange(regions("one", "two"), regions("one")).changed).toBe(false);
});

describe("with the packages known", () => {
  const packages = { bash: "5.2", libc6: "2.36-9", nano: "7.2" };

  test("repositories signed anew are no change", () => {
    const now = inputs({ repositories: { "debian bookworm": "r9" }, packages });
    expect(checkForChange(inputs({ packages }), now)).toEqual({
      changed: false,
      reasons: [
        "recipe d1, diskimage-builder 3.13.0 and 3 packages (whose repositories were signed anew) are those of the last release",
      ],
      packages: [],
    });
  });

  test("another version, a new one, a missing one", () => {
    const now = inputs({ packages: { bash: "5.2", libc6: "2.36-10", vim: "9" } });
    expect(reasons(inputs({ packages }), now)).toEqual([
      "packages: 1 with another version (libc6 2.36-9 → 2.36-10)",
      "packages: 1 new (vim)",
      "packages: 1 gone (nano)",
    ]);
  });

  test("all of them are told by name, with what became of them", () => {
    const now = inputs({ packages: { bash: "5.2", libc6: "2.36-10", vim: "9" } });
    const { packages: changes } = checkForChange(inputs({ packages }), now);
    expect(changes).toEqual([
      { name: "libc6", from: "2.36-9", to: "2.36-10" },
      { name: "nano", from: "7.2" },
      { name: "vim", to: "9" },
    ]);
    expect(changes.map(packageLine)).toEqual(["libc6 2.36-9 → 2.36-10", "nano 7.2 (gone)", "vim 9 (new)"]);
  });

  test("many are cut short", () => {
    const many = (version: string): Record<string, string> =>
      Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`p${String(index).padStart(2, "0")}`, version]));
    const [line] = reasons(inputs({ packages: many("1") }), inputs({ packages: many("2") }));
    expect(line).toMatch(/^packages: 30 with another version \(p00 1 → 2, .*p04 1 → 2, …\)$/);
  });

  test("known on one side only: the repositories decide", () => {
    expect(checkForChange(inputs(), inputs({ packages })).changed).toBe(false);
    expect(checkForChange(inputs({ packages }), inputs({ repositories: { "debian bookworm": "r9" } })).changed).toBe(
      true,
    );
  });
});
