import { readPublishRequest, requestName } from "../../../model/publish-request";
import { REQUEST as request } from "./request";

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
    ["another version", { version: 1 }, /version: is not 2; build again with this version of the factory/],
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
