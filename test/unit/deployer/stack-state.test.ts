import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildOfStack, buildStackState, existingBuildStacks } from "../../../deployer/stack-state";
import { LocalStates, type StateStore } from "../../../deployer/states/store";
import { parseState } from "../../../deployer/states/terraform-state";

let directory: string;
let states: StateStore;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "state-"));
  states = new LocalStates(directory);
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (stack: string, ...resources: readonly object[]): void =>
  writeFileSync(path.join(directory, `${stack}.tfstate`), JSON.stringify({ version: 4, resources }));
const resource = (name: string, status?: string): object => ({
  type: "terraform_data",
  name,
  instances: [{ ...(status !== undefined && { status }) }],
});

test("no file, no resource and no instance: nothing exists", async () => {
  expect(await buildStackState(states, "build-a")).toBe("none");
  write("build-a");
  expect(await buildStackState(states, "build-a")).toBe("none");
  write("build-a", { type: "terraform_data", name: "run", instances: [] });
  expect(await buildStackState(states, "build-a")).toBe("none");
});

test("a run that failed is tainted, one that never came is missing: the next deploy goes on", async () => {
  write("build-a", resource("build-id"), resource("run", "tainted"));
  expect(await buildStackState(states, "build-a")).toBe("unfinished");
  write("build-a", resource("build-id"));
  expect(await buildStackState(states, "build-a")).toBe("unfinished");
});

test("a run that came to its end is complete", async () => {
  write("build-a", resource("build-id"), resource("run"));
  expect(await buildStackState(states, "build-a")).toBe("complete");
});

test("a run that was asked for a part of the build goes on; one that did stages again to the end is complete", async () => {
  const run = (value: object): object => ({
    type: "terraform_data",
    name: "run",
    instances: [{ attributes: { triggers_replace: { value, type: ["object", {}] } } }],
  });
  write("build-a", run({ server: "s", part: "--until test" }));
  expect(await buildStackState(states, "build-a")).toBe("unfinished");
  write("build-a", run({ server: "s", again: "2026-01-01T00:00:00Z" }));
  expect(await buildStackState(states, "build-a")).toBe("complete");
});

test("a stack's state tells which build it is about", async () => {
  expect(await buildOfStack(states, "build-a")).toBeUndefined();
  write("build-a", resource("run"));
  expect(await buildOfStack(states, "build-a")).toBeUndefined();
  const attributes = { output: { value: { build: "a-202601010000-0001" }, type: "object" } };
  write("build-a", { type: "terraform_data", name: "build-id", instances: [{ attributes }] });
  expect(await buildOfStack(states, "build-a")).toBe("a-202601010000-0001");
});

test("build stacks of which something exists are listed; the factory and empty ones are not", async () => {
  write("build-b", resource("build-id"));
  write("build-a.b", resource("run"));
  write("build-empty");
  write("factory", resource("network"));
  expect(await existingBuildStacks(states, [])).toEqual(["build-a.b", "build-b"]);
  expect(await existingBuildStacks(new LocalStates(path.join(directory, "nowhere")), [])).toEqual([]);
});

test("a broken file is one line, never an empty state", async () => {
  writeFileSync(path.join(directory, "build-a.tfstate"), "{");
  await expect(existingBuildStacks(states, [])).rejects.toThrow(/build-a\.tfstate: is no Terraform state \(/);
});

test("where states can not be listed, the catalogue's are asked for, each once and few at a time", async () => {
  const asked: string[] = [];
  let [now, most] = [0, 0];
  const remote: StateStore = {
    title: "remote",
    existing: (known) => Promise.resolve([...known]),
    read: async (stack) => {
      asked.push(stack);
      most = Math.max(most, (now += 1));
      await new Promise(setImmediate);
      now -= 1;
      const resources = stack.endsWith("3") ? [resource("build-id")] : [];
      return stack.endsWith("4") ? undefined : parseState(JSON.stringify({ resources }), stack);
    },
  };
  const known = Array.from({ length: 9 }, (_, index) => `build-${index}`);
  expect(await existingBuildStacks(remote, known)).toEqual(["build-3"]);
  expect(asked).toEqual(known);
  expect(most).toBe(4);
});
