import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildStackState, existingBuildStacks } from "../../../deployer/stack-state";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "state-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (stack: string, ...resources: readonly object[]): void =>
  writeFileSync(path.join(directory, `${stack}.tfstate`), JSON.stringify({ version: 4, resources }));
const resource = (name: string, status?: string): object => ({
  type: "terraform_data",
  name,
  instances: [{ ...(status !== undefined && { status }) }],
});

test("no file, no resource and no instance: nothing exists", () => {
  expect(buildStackState(directory, "build-a")).toBe("none");
  write("build-a");
  expect(buildStackState(directory, "build-a")).toBe("none");
  write("build-a", { type: "terraform_data", name: "run", instances: [] });
  expect(buildStackState(directory, "build-a")).toBe("none");
});

test("a run that failed is tainted, one that never came is missing: the next deploy goes on", () => {
  write("build-a", resource("build-id"), resource("run", "tainted"));
  expect(buildStackState(directory, "build-a")).toBe("unfinished");
  write("build-a", resource("build-id"));
  expect(buildStackState(directory, "build-a")).toBe("unfinished");
});

test("a run that came to its end is complete", () => {
  write("build-a", resource("build-id"), resource("run"));
  expect(buildStackState(directory, "build-a")).toBe("complete");
});

test("build stacks of which something exists are listed; the factory and empty ones are not", () => {
  write("build-b", resource("build-id"));
  write("build-a.b", resource("run"));
  write("build-empty");
  write("factory", resource("network"));
  expect(existingBuildStacks(directory)).toEqual(["build-a.b", "build-b"]);
  expect(existingBuildStacks(path.join(directory, "nowhere"))).toEqual([]);
});

test("a broken file is one line, never an empty state", () => {
  writeFileSync(path.join(directory, "build-a.tfstate"), "{");
  expect(() => existingBuildStacks(directory)).toThrow(/build-a\.tfstate: is no Terraform state \(/);
});
