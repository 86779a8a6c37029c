"use strict";
// Loaded before the version of Node is known to fit: syntax and module names that any Node takes.
const os = require("os");
const path = require("path");

/** The repository. */
const root = path.join(__dirname, "..", "..");

/**
 * Where the set-up keeps what it fetched or built; shared by all clones of a user.
 * @param {NodeJS.ProcessEnv} [env]
 */
function cacheDir(env = process.env) {
  const base = env.FACTORY_CACHE || path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "image-factory");
  return path.join(base, "toolchain");
}

/** This machine as Terraform and Go name it, such as `linux_amd64`. */
function platform() {
  return `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
}

module.exports = { root, cacheDir, platform };
