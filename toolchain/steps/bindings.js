"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { cacheKey, makeWhole } = require("../lib/cache.js");
const { exec } = require("../lib/exec.js");
const { cacheDir, root } = require("../lib/paths.js");

const folder = path.join(root, "toolchain", "provider-openstack");
const lib = path.join(folder, "lib");
const stamp = path.join(lib, ".key");
const schemaFile = path.join(folder, "schema.json");
const generator = path.join(root, "toolchain", "lib", "generate-bindings.js");

/** Changes with whatever the bindings depend on: the schema, the generator, the compiler. */
function key() {
  const packages = ["@cdktf/provider-generator", "typescript"];
  const versions = packages.map((name) => fs.readFileSync(path.join(root, "node_modules", name, "package.json")));
  return cacheKey([...[schemaFile, generator, __filename].map((file) => fs.readFileSync(file)), ...versions]);
}

const readStamp = () => (fs.existsSync(stamp) ? fs.readFileSync(stamp, "utf8") : undefined);
const count = () => fs.readdirSync(lib, { withFileTypes: true }).filter((entry) => entry.isDirectory()).length;

/** @type {import("../setup.js").Step} */
const bindings = {
  name: "bindings",
  find() {
    return Promise.resolve(
      readStamp() === key() ? `@cdktf/provider-openstack, ${count()} classes' modules` : undefined,
    );
  },
  takes: "generated from schema.json and compiled, 15 seconds; copied where the cache has them",
  async make() {
    const wanted = key();
    const cached = path.join(cacheDir(), "bindings", wanted);
    if (!fs.existsSync(cached)) await makeWhole(cached, (temporary) => compile(temporary, wanted));
    // Copied, not linked: from the cache's place the modules would not find cdktf.
    await makeWhole(lib, async (temporary) => fs.cpSync(cached, temporary, { recursive: true }));
  },
};

/**
 * Generates TypeScript from the schema and compiles it to JavaScript with declarations.
 * @param {string} target
 * @param {string} wanted
 */
async function compile(target, wanted) {
  // Inside the repository, so that the compiler finds cdktf and constructs.
  const work = fs.mkdtempSync(path.join(folder, ".generated-"));
  try {
    const env = { ...process.env, CHECKPOINT_DISABLE: "1", TERRAFORM_BINARY_NAME: "true" };
    await exec(process.execPath, [generator, schemaFile, work], { env, log: "bindings-generate" });
    const tsconfig = path.join(work, "tsconfig.json");
    fs.writeFileSync(tsconfig, JSON.stringify(compilerConfig(target)));
    const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
    await exec(process.execPath, [tsc, "-p", tsconfig], { log: "bindings-compile" });
    fs.writeFileSync(path.join(target, path.basename(stamp)), wanted);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} outDir */
function compilerConfig(outDir) {
  return {
    compilerOptions: {
      target: "ES2022",
      module: "CommonJS",
      moduleResolution: "node10",
      strict: true,
      declaration: true,
      // The generator's output is known to be right, and checking it takes three times as long.
      noCheck: true,
      skipLibCheck: true,
      types: ["node"],
      rootDir: "providers/openstack",
      outDir,
    },
    include: ["providers/openstack/*/**/*.ts"],
  };
}

module.exports = { bindings, schemaFile };
