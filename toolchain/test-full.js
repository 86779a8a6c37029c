#!/usr/bin/env node
"use strict";
require("./lib/suitable-node.js").ensure();
const fs = require("node:fs");
const path = require("node:path");
const { root } = require("./lib/paths.js");
const { commandLine } = require("./lib/args.js");
const { run } = require("./lib/problem.js");
const { choose, cloudUp, jest, packages, runTests, setup } = require("./lib/test-run.js");

const usage = `Usage: npm run test:full -- [--list] [PART ...]

The long tests on the local cloud, all or the named parts of them (the folders of test/full).
`;

/** @returns {readonly import("./lib/test-run.js").TestPart[]} */
function longParts() {
  const folder = path.join(root, "test", "full");
  const entries = fs.existsSync(folder) ? fs.readdirSync(folder, { withFileTypes: true }) : [];
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({
      name,
      title: `test/full/${name}`,
      command: jest(name, "toolchain/jest/full.js", `test/full/${name}/`),
      cloud: true,
      needs: [packages.name, cloudUp.name],
      counted: true,
    }));
}

void run(async () => {
  const { values, positionals } = commandLine({ help: { type: "boolean" }, list: { type: "boolean" } }, true);
  if (values.help) return void process.stdout.write(usage);
  const parts = longParts();
  if (values.list) return void process.stdout.write(parts.map(({ name }) => `${name}\n`).join(""));
  return runTests(choose([setup, packages, cloudUp, ...parts], positionals));
});
