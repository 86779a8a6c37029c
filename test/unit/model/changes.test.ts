import type { BuildManifest } from "../../../model/build-manifest";
import { changesLine, changesSince, changesText, type ChangedImage } from "../../../model/changes";

const MIB = 1024 ** 2;
const last: BuildManifest = {
  version: 1,
  factory: "demo",
  image: "debian-12",
  build: "debian-12-202601010000-0a1b",
  finished: "2026-01-01T01:00:00.000Z",
  inputs: {
    recipe: { commit: "1".repeat(40), digest: "r1" },
    builder: { name: "diskimage-builder", version: "3.13" },
    repositories: {},
    packages: { bash: "5.2-1", curl: "7.88-1", nano: "7.2-1" },
  },
  output: { format: "qcow2", size: 300 * MIB, virtualSize: 2048 * MIB, sha256: "a", sha512: "b" },
  regions: [],
};
const now: ChangedImage = {
  build: "debian-12-202602010000-0a1b",
  commit: "2".repeat(40),
  recipeDigest: "r2",
  builder: { name: "diskimage-builder", version: "3.14" },
  packages: { bash: "5.2-1", curl: "7.88-2", less: "590-1" },
  size: 290 * MIB,
  virtualSize: 2048 * MIB,
};

test("packages that are new, gone, and updated with both versions", () => {
  const changes = changesSince(last, "debian-12", now);
  expect(changes.packages).toEqual({
    total: 3,
    added: [{ name: "less", version: "590-1" }],
    gone: [{ name: "nano", version: "7.2-1" }],
    updated: [{ name: "curl", from: "7.88-1", to: "7.88-2" }],
  });
  expect(changesLine(changes)).toBe("1 updated, 1 new, 1 gone since debian-12-202601010000-0a1b");
});

test("as people read it: recipe, builder, size, packages", () => {
  expect(changesText(changesSince(last, "debian-12", now))).toBe(`# debian-12: debian-12-202602010000-0a1b

Since debian-12-202601010000-0a1b (2026-01-01):

- recipe: commit 111111111111 → 222222222222
- builder: diskimage-builder 3.13 → diskimage-builder 3.14
- packages: 3
- size: 300.0 MiB → 290.0 MiB (−10.0 MiB); disk 2048.0 MiB

## Updated (1)

| package | from | to |
| --- | --- | --- |
| curl | 7.88-1 | 7.88-2 |

## New (1)

- less 590-1

## Gone (1)

- nano 7.2-1
`);
});

test("another commit with the same recipe is no change of the recipe", () => {
  const changes = changesSince(last, "debian-12", { ...now, recipeDigest: "r1" });
  expect(changes.recipe).toEqual({ from: "1".repeat(40), to: "2".repeat(40), changed: false });
  expect(changesText(changes)).toContain("- recipe: unchanged\n");
});

test("a first release is compared with nothing", () => {
  const changes = changesSince(undefined, "debian-12", now);
  expect(changes).toMatchObject({ since: null, recipe: { from: null }, packages: { total: 3, added: [], gone: [] } });
  expect(changesLine(changes)).toBeUndefined();
  expect(changesText(changes)).toContain("The first release: 3 packages, 290.0 MiB.");
});

test("a release without a list of packages tells nothing of them", () => {
  const inputs = { ...last.inputs, packages: undefined };
  expect(changesSince({ ...last, inputs }, "debian-12", now).packages).toEqual({
    total: 3,
    added: [],
    gone: [],
    updated: [],
  });
});
