import { readFileSync } from "node:fs";
import path from "node:path";
import { DIB_ELEMENTS } from "../../../model/dib-elements";
import { parseImage, type ImageSurroundings } from "../../../model/image";
import { formatProblem } from "../../../model/problem";

const EXAMPLE = readFileSync(path.join(__dirname, "..", "..", "..", "images", "debian-12", "image.yaml"), "utf8");
const surroundings = { directory: "debian-12", regions: undefined };

function problems(change: (text: string) => string, around: Partial<ImageSurroundings>): string[] {
  const parsed = parseImage(change(EXAMPLE), "image.yaml", { ...surroundings, ...around });
  return "problems" in parsed ? parsed.problems.map(formatProblem) : [];
}
const line = EXAMPLE.split("\n").findIndex((one) => one.includes("elements: [")) + 1;

test("elements are diskimage-builder's or own ones", () => {
  expect(problems((text) => text, { elements: ["debian-cloud"] })).toEqual([]);
  expect(problems((text) => text, {})).toEqual([]);
  expect(problems((text) => text, { elements: [] })).toEqual([
    `image.yaml:${line}: recipe.elements[0]: "debian-cloud" is no element of diskimage-builder's, nor one in elements/ or images/elements/; put it into elements/ beside image.yaml, or into images/elements/`,
  ]);
});

test("a mistyped one is told with the nearest, own or not", () => {
  const mistyped = (text: string): string => text.replace("debian-cloud", "debian-clout").replace(", vm,", ", vn,");
  const found = problems(mistyped, { elements: ["debian-cloud"] });
  expect(found).toHaveLength(2);
  expect(found[0]).toMatch(/"debian-clout" .*; did you mean "debian-cloud"\?$/);
  expect(found[1]).toMatch(/recipe\.elements\[1\]: "vn" .*; did you mean "vm"\?$/);
});

test("the list is diskimage-builder's", () => {
  expect(DIB_ELEMENTS).toEqual([...new Set(DIB_ELEMENTS)].sort());
  expect(DIB_ELEMENTS).toEqual(expect.arrayContaining(["debian-minimal", "vm", "cloud-init", "openssh-server"]));
  expect(DIB_ELEMENTS.every((name) => /^[a-z0-9][a-z0-9-]*$/.test(name))).toBe(true);
});

test("an architecture that build hosts are not is refused", () => {
  const other = (text: string): string => text.replace("architecture: x86_64", "architecture: aarch64");
  expect(problems(other, { architecture: "aarch64" })).toEqual([]);
  expect(problems(other, {})).toEqual([]);
  const [found, ...others] = problems(other, { architecture: "x86_64" });
  expect(found).toMatch(
    /architecture: "aarch64" can't be built: build hosts are x86_64, .*; write x86_64, or see nodes\.buildHost\.architecture/,
  );
  expect(others).toEqual([]);
});

test("KIWI needs a description", () => {
  const kiwi = (text: string): string =>
    text.replace("builder: diskimage-builder", "builder: kiwi").replace(/ {2}elements: .*\n/, "");
  expect(problems(kiwi, { files: ["image.yaml", "config.xml"] })).toEqual([]);
  expect(problems(kiwi, {})).toEqual([]);
  expect(problems(kiwi, { files: ["image.yaml"] })).toEqual([
    expect.stringMatching(/builder: "kiwi" needs a description, and there is no config\.xml; put KIWI's description/),
  ]);
});
