import { parseConfig } from "../../../../model/config";
import { formatProblem } from "../../../../model/problem";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { ROOT } from "../../../support/paths";

const example = parse(readFileSync(path.join(ROOT, "factory.yaml"), "utf8")) as object;

function problems(directory: Readonly<Record<string, string>>): string[] {
  const parsed = parseConfig(stringify({ ...example, directory }), "factory.yaml");
  return "problems" in parsed ? parsed.problems.map(formatProblem) : [];
}

test("groups of a name of one's own are taken", () => {
  expect(problems({ adminGroup: "root", operationsGroup: "root", userGroup: "people" })).toEqual([]);
});

test.each(["anonymous", "authenticated"])("nobody may take %s for a group: to Jenkins it is everybody", (name) => {
  expect(problems({ adminGroup: name })).toEqual([expect.stringContaining("would be everybody to Jenkins")]);
});

test.each<Readonly<Record<string, string>>>([
  { adminGroup: "factory-users" },
  { userGroup: "factory-admins" },
  { operationsGroup: "people", userGroup: "people" },
])("users are not by one name what administrators or operations are: %p", (directory) => {
  expect(problems(directory)).toEqual([expect.stringContaining("all users would have its rights")]);
});
