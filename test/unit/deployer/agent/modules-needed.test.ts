import { modulesNeeded, type LockFile } from "../../../../deployer/agent/modules-needed";

const lock: LockFile = {
  packages: {
    "": { dependencies: { app: "1", "@scope/workspace": "1" } },
    "node_modules/app": { dependencies: { shared: "1" }, optionalDependencies: { "not-installed": "1" } },
    "node_modules/app/node_modules/shared": { dependencies: { deep: "1" } },
    "node_modules/shared": {},
    "node_modules/deep": { peerDependencies: { peer: "1" } },
    "node_modules/peer": { dependencies: { app: "1" } },
    "node_modules/@scope/workspace": { link: true, resolved: "toolchain/workspace" },
    "toolchain/workspace": { dependencies: { "of-workspace": "1" } },
    "node_modules/of-workspace": {},
    "node_modules/tool": { dependencies: { "@scope/part": "1" } },
    "node_modules/@scope/part": {},
    "node_modules/linter": {},
  },
};

test("the project's own dependencies and all that they need, nested ones with what they are nested in", () => {
  expect(modulesNeeded(lock, [])).toEqual(["@scope/workspace", "app", "deep", "of-workspace", "peer"]);
});

test("and those of further programs", () => {
  expect(modulesNeeded(lock, ["tool"])).toEqual(expect.arrayContaining(["tool", "@scope/part"]));
  expect(modulesNeeded(lock, ["tool"])).not.toContain("linter");
});
