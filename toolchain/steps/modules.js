"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { exec } = require("../lib/exec.js");
const { root } = require("../lib/paths.js");

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, link?: boolean }>} Packages */

/**
 * Whether what npm installed is what the lock file says. Optional packages of other platforms may be missing.
 * @param {Packages} locked `packages` of package-lock.json
 * @param {Packages} installed `packages` of node_modules/.package-lock.json
 */
function sameModules(locked, installed) {
  return Object.entries(locked).every(([name, wanted]) => {
    if (name === "") return true;
    const have = installed[name];
    if (!have) return wanted.optional === true;
    return have.version === wanted.version && have.integrity === wanted.integrity && have.link === wanted.link;
  });
}

/** @param {string} file */
function packages(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, file), "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** @type {import("../setup.js").Step} */
const modules = {
  name: "modules",
  find() {
    const installed = packages("node_modules/.package-lock.json");
    return Promise.resolve(
      installed && sameModules(packages("package-lock.json"), installed) ? "as the lock file says" : undefined,
    );
  },
  takes: "npm ci, one or two minutes",
  async make() {
    await exec("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, log: "npm-ci" });
  },
};

module.exports = { modules, sameModules };
