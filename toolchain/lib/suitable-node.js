"use strict";
// Loaded first by every command, on whatever Node the machine has: syntax and module names that any Node takes.
const childProcess = require("child_process");
const fs = require("fs");
const path = require("path");
const pins = require("./pins.js");
const paths = require("./paths.js");
const version = require("./version.js");

/** @param {string} nodeVersion */
function suits(nodeVersion) {
  return version.atLeast(nodeVersion, pins.node.least) && !version.atLeast(nodeVersion, pins.node.below);
}

/** The folder of the Node that we install where the machine's own does not fit. */
function installedBin() {
  const name = `node-${process.platform}-${process.arch}`;
  return path.join(paths.cacheDir(), `node-${pins.node.fallback}`, "node_modules", name, "bin");
}

/** Installs Node into the cache, from its npm package (a plain binary without install scripts). */
function install() {
  const bin = installedBin();
  if (fs.existsSync(path.join(bin, "node"))) return;
  const prefix = path.join(paths.cacheDir(), `node-${pins.node.fallback}`);
  const name = `node-${process.platform}-${process.arch}@${pins.node.fallback}`;
  process.stderr.write(
    `setup  node      ${process.version} does not fit: installing ${pins.node.fallback} into the cache …\n`,
  );
  fs.mkdirSync(prefix, { recursive: true });
  const args = ["install", "--prefix", prefix, "--no-save", "--no-audit", "--no-fund", "--loglevel", "error", name];
  const result = childProcess.spawnSync("npm", args, { cwd: prefix, stdio: ["ignore", 2, 2] });
  if (result.status === 0 && fs.existsSync(path.join(bin, "node"))) return;
  process.stderr.write(
    `error: Node.js ${process.version} does not fit and ${name} could not be installed: ` +
      `install Node.js from ${pins.node.least} to below ${pins.node.below}, then run this again\n`,
  );
  process.exit(1);
}

/** Goes on in this process if its Node fits, else runs the same command once more with one that does. */
function ensure() {
  if (suits(process.version)) return;
  install();
  const bin = installedBin();
  const env = Object.assign({}, process.env, { PATH: bin + path.delimiter + process.env.PATH });
  const args = process.execArgv.concat(process.argv.slice(1));
  const result = childProcess.spawnSync(path.join(bin, "node"), args, { env: env, stdio: "inherit" });
  process.exit(result.status === null ? 1 : result.status);
}

module.exports = { suits, installedBin, ensure };
