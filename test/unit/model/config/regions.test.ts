import { readFileSync } from "node:fs";
import path from "node:path";
import { parseConfig } from "../../../../model/config";
import { formatProblem } from "../../../../model/problem";

const EXAMPLE = readFileSync(path.join(__dirname, "..", "..", "..", "..", "factory.yaml"), "utf8");
const SECOND = "name: RegionTwo, cloud: build-r2, region: RegionTwo";

/** The example with more said of its second region. */
function parsed(more: string) {
  expect(EXAMPLE).toContain(SECOND);
  return parseConfig(EXAMPLE.replace(SECOND, `${SECOND}${more}`), "factory.yaml");
}
const problems = (more: string): string[] => {
  const result = parsed(more);
  return "problems" in result ? result.problems.map(formatProblem) : [];
};

test("a region gets its images by one upload, with SCS-0102's properties, unless it says otherwise", () => {
  expect(parsed("")).toMatchObject({ config: { regions: [{}, { import: "direct", properties: "scs" }] } });
  expect(problems(", import: glance-direct, properties: otc")).toEqual([]);
});

test("web-download and its address go together", () => {
  expect(problems(", import: web-download, importFrom: https://swift.example.org/staging")).toEqual([]);
  expect(problems(", import: web-download")).toEqual([
    expect.stringMatching(/regions\[1\]\.importFrom: is missing, but import is web-download; write the address/),
  ]);
  expect(problems(", importFrom: https://swift.example.org/staging")).toEqual([
    expect.stringMatching(/regions\[1\]\.importFrom: .*is for import: web-download only; take it out/),
  ]);
});
