"use strict";
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const pins = require("./pins.js");
const { makeWhole } = require("./cache.js");
const { exec, which } = require("./exec.js");
const { Problem } = require("./problem.js");
const { atLeast } = require("./version.js");

/**
 * Builds the program of a Go module at a pinned version and hash.
 * @param {{ module: string, program: string, version: string, sum: string }} pin
 * @param {string} target the program's file
 * @param {string} remedy what the user can do where there is no Go
 */
async function buildGoModule(pin, target, remedy) {
  await findGo(remedy);
  const log = `go-${path.basename(target)}`;
  // Its hash is pinned here, and its own go.sum pins what it depends on; the public sum database is not asked.
  const env = { ...process.env, GONOSUMDB: pin.module, GOFLAGS: "-buildvcs=false", CGO_ENABLED: "0" };
  const nowhere = os.tmpdir();
  const printed = await exec("go", ["mod", "download", "-json", `${pin.module}@v${pin.version}`], {
    cwd: nowhere,
    env,
    log,
  });
  const { Dir: source, Sum: sum } = JSON.parse(printed);
  if (sum !== pin.sum) {
    throw new Problem(`${pin.module}@v${pin.version}: the source's hash is ${sum}, expected ${pin.sum}: do not use it`);
  }
  // The module cache is read-only, and a build there would not look at the module's own go.sum.
  const copy = fs.mkdtempSync(path.join(nowhere, "go-module-"));
  try {
    fs.cpSync(source, copy, { recursive: true });
    fs.chmodSync(copy, 0o755);
    await makeWhole(target, async (temporary) => {
      await exec("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", temporary, pin.program], { cwd: copy, env, log });
    });
  } finally {
    await exec("chmod", ["-R", "u+w", copy]);
    fs.rmSync(copy, { recursive: true, force: true });
  }
}

/** @param {string} remedy */
async function findGo(remedy) {
  const { least } = pins.go;
  if (!which("go")) throw new Problem(`neither a prebuilt one nor Go to build it was found: ${remedy}`);
  const version = (await exec("go", ["env", "GOVERSION"], { cwd: os.tmpdir() })).trim();
  if (!atLeast(version, least)) {
    throw new Problem(`Go ${version} is too old (${least} is needed; Debian 12 packages 1.19): ${remedy}`);
  }
}

module.exports = { buildGoModule };
