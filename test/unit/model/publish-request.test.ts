import { readPublishRequest, requestName, type PublishRequest } from "../../../model/publish-request";

const request: PublishRequest = {
  version: 1,
  factory: "demo",
  build: "debian-12-202603011200-0001",
  image: {
    name: "debian-12",
    description: "Debian 12",
    owner: "owner@example.org",
    os: { distro: "debian", version: "12", codename: "bookworm" },
    architecture: "x86_64",
  },
  recipe: { commit: "a".repeat(40), dirty: false },
  regions: [
    {
      name: "RegionOne",
      region: "RegionOne",
      imageId: "0a7a1c1e-6b1c-4d5e-8f00-0123456789ab",
      hash: { algorithm: "sha512", value: "b".repeat(128) },
    },
  ],
  artefacts: [{ path: "debian-12.qcow2", size: 1, sha256: "c".repeat(64) }],
  signedBy: "D".repeat(40),
  requested: { at: "2026-03-01T12:30:00.000Z", by: "anna@desk" },
};

test("is read as it was written", () => {
  expect(readPublishRequest(JSON.stringify(request), "r.json")).toEqual(request);
  expect(requestName(request)).toBe("debian-12-202603011200-0001.json");
});

describe("is refused", () => {
  const read = (over: object): unknown => readPublishRequest(JSON.stringify({ ...request, ...over }), "r.json");

  test.each<[string, object, RegExp]>([
    [
      "from a dirty tree",
      { recipe: { ...request.recipe, dirty: true } },
      /recipe\.dirty: was built from a tree with uncommitted changes/,
    ],
    ["another version", { version: 2 }, /version: /],
    ["a key more", { note: "x" }, /Unrecognized key: "note"/],
    [
      "a path out of the build's directory",
      { artefacts: [{ path: "../x", size: 1, sha256: "c".repeat(64) }] },
      /artefacts\.0\.path/,
    ],
    ["an absolute path", { artefacts: [{ path: "/etc/x", size: 1, sha256: "c".repeat(64) }] }, /artefacts\.0\.path/],
    ["no region", { regions: [] }, /regions: /],
    ["a short fingerprint", { signedBy: "DEAD" }, /signedBy: /],
  ])("%s", (_, over, message) => {
    expect(() => read(over)).toThrow(message);
    expect(() => read(over)).toThrow(/^r\.json: is no publish request: /);
  });

  test("what is no JSON", () => {
    expect(() => readPublishRequest("{", "r.json")).toThrow(/^r\.json: is no JSON$/);
  });
});
