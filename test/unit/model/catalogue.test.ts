import { artefactObject, catalogueText, currentRelease, readCatalogue, type Catalogue } from "../../../model/catalogue";
import { emptyCatalogue, largeCatalogue, smallCatalogue } from "../../support/catalogues";

const small = smallCatalogue();
const [debian, ...others] = small.images;
const [newest, second, ...older] = debian!.releases;

test.each([
  ["one without images", emptyCatalogue()],
  ["one with some", small],
  ["a large one", largeCatalogue(8, 3)],
])("%s is read as it was written", (_, catalogue) => {
  expect(readCatalogue(catalogueText(catalogue))).toEqual(catalogue);
});

test("the same catalogue has the same bytes", () => {
  expect(catalogueText(smallCatalogue())).toBe(catalogueText(smallCatalogue()));
});

test("artefacts lie below their image and build", () => {
  expect(artefactObject("debian-12", newest!.build, "test/report.html")).toBe(
    `images/debian-12/${newest!.build}/test/report.html`,
  );
});

test("the current release is the one of that state, wherever it stands", () => {
  expect(currentRelease(debian!)).toBe(newest);
  expect(currentRelease({ releases: [second!, newest!] })).toBe(newest);
  expect(currentRelease({ releases: [second!] })).toBeUndefined();
});

describe("is refused", () => {
  const withReleases = (releases: Catalogue["images"][number]["releases"]): object => ({
    images: [{ ...debian!, releases }, ...others],
  });
  const withNewest = (over: object): object => withReleases([{ ...newest!, ...over }, second!, ...older]);
  const withFile = (path: string): object => withNewest({ artefacts: [{ path, size: 1 }] });

  test.each<[string, object, RegExp]>([
    ["another version", { version: 2 }, /version: /],
    ["a key more", { note: "x" }, /Unrecognized key: "note"/],
    ["no region", { regions: [] }, /regions: /],
    ["an image twice", { images: [debian!, debian!] }, /images\.1: debian-12 is there twice/],
    ["two current ones", withReleases([newest!, { ...second!, state: "current" }]), /debian-12 has 2 current releases/],
    ["a build twice", withReleases([newest!, second!, second!]), /is there twice/],
    ["another image's build", { images: [{ ...debian!, name: "debian-11" }] }, /is no build of debian-11/],
    ["a revocation without a reason", withNewest({ state: "revoked" }), /state and reason of a revocation go together/],
    [
      "a reason without a revocation",
      withNewest({ revoked: { at: small.generated, reason: "x" } }),
      /state and reason of a revocation go together/,
    ],
    [
      "an image's unknown region",
      { images: [{ ...debian!, regions: ["east"] }] },
      /region east is not among the regions/,
    ],
    [
      "a copy in an unknown region",
      withNewest({ copies: [{ ...newest!.copies[0]!, region: "east" }] }),
      /region east is not among the regions/,
    ],
    ["a file outside of the release", withFile("../x"), /artefacts\.0\.path/],
    ["a file outside of the release, deeper", withFile("logs/../../x"), /artefacts\.0\.path/],
    ["an absolute file", withFile("/etc/x"), /artefacts\.0\.path/],
    ["a file that is not shown", withFile("logs/.hidden"), /artefacts\.0\.path/],
    [
      "a contact that is a script",
      { images: [{ ...debian!, contact: "javascript:alert(1)" }] },
      /contact: is no address/,
    ],
    ["a short fingerprint", withNewest({ signedBy: "DEAD" }), /signedBy: /],
  ])("%s", (_, over, message) => {
    const text = JSON.stringify({ ...small, ...over });
    expect(() => readCatalogue(text)).toThrow(message);
    expect(() => readCatalogue(text)).toThrow(/^catalogue\.json: is no catalogue: /);
  });

  test("what is no JSON", () => {
    expect(() => readCatalogue("{", "c.json")).toThrow(/^c\.json: is no JSON$/);
  });

  test("at writing, too", () => {
    expect(() => catalogueText({ ...small, factory: "" })).toThrow();
  });
});
