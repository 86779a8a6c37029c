#!/usr/bin/env node
"use strict";
// Runs a command (jest) with cdktn, the maintained continuation of cdktf, in the place of cdktf. It lives in the cache:
// the two are never installed beside each other.
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { makeWhole } = require("./lib/cache.js");
const { exec } = require("./lib/exec.js");
const { cacheDir, root } = require("./lib/paths.js");
const { cdktn } = require("./lib/pins.js");
const { run } = require("./lib/problem.js");

/** @param {readonly string[]} command */
async function main(command) {
  const prefix = path.join(cacheDir(), `cdktn-${cdktn}`);
  if (!fs.existsSync(prefix)) await makeWhole(prefix, install);
  const env = { ...process.env, CDKTN_HOME: path.join(prefix, "node_modules") };
  const [program = "", ...args] = command;
  return spawnSync(program, args, { cwd: root, env, stdio: "inherit" }).status ?? 1;
}

/** @param {string} folder */
async function install(folder) {
  fs.mkdirSync(folder);
  const { version } = require("constructs/package.json");
  const dependencies = { cdktf: `npm:cdktn@${cdktn}`, constructs: version };
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  await exec("npm", ["install", "--no-audit", "--no-fund"], { cwd: folder, log: "cdktn" });
}

void run(() => main(process.argv.slice(2)));
