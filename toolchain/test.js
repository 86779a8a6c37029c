#!/usr/bin/env node
"use strict";
require("./lib/suitable-node.js").ensure();
const { commandLine } = require("./lib/args.js");
const { run } = require("./lib/problem.js");
const { choose, cloudUp, jest, packages, runTests, setup } = require("./lib/test-run.js");

const npmRun = (/** @type {string} */ script) => ["npm", "run", "--silent", script];
const onCloud = { cloud: true, needs: [packages.name, cloudUp.name], counted: true };

/** @type {readonly import("./lib/test-run.js").TestPart[]} */
const parts = [
  setup,
  { name: "lint", title: "eslint and prettier", command: npmRun("lint") },
  { name: "typecheck", title: "tsc", command: npmRun("typecheck") },
  { name: "schema", title: "schema.json against the provider", command: npmRun("check:schema") },
  packages,
  {
    name: "unit",
    title: "unit tests",
    command: jest("unit", "jest.config.js"),
    needs: [packages.name],
    counted: true,
  },
  {
    name: "unit-cdktn",
    title: "unit tests on cdktn, cdktf's continuation",
    command: ["node", "toolchain/with-cdktn.js", ...jest("unit-cdktn", "toolchain/jest/cdktn.js")],
    needs: [packages.name],
    counted: true,
  },
  cloudUp,
  { name: "cloud", title: "tests on that cloud", command: jest("cloud", "toolchain/jest/cloud.js"), ...onCloud },
  { name: "vm", title: "tests in booted machines", command: jest("vm", "toolchain/jest/vm.js"), ...onCloud },
];

const usage = `Usage: npm test [-- PART ...]

What CI runs: ${parts.map(({ name }) => name).join(", ")}.
Named parts only, if any; set-up, and the cloud for what needs it, come by themselves.
`;

void run(async () => {
  const { values, positionals } = commandLine({ help: { type: "boolean" } }, true);
  if (values.help) return void process.stdout.write(usage);
  return runTests(choose(parts, positionals));
});
