"use strict";
const fs = require("node:fs");
const path = require("node:path");
const pins = require("../lib/pins.js");
const { exec, which } = require("../lib/exec.js");
const { buildGoModule } = require("../lib/go-module.js");
const { cacheDir } = require("../lib/paths.js");
const { atLeast } = require("../lib/version.js");

/**
 * @typedef {{ path: string, version: string, product: "terraform" | "tofu" }} Terraform
 */

const built = () => path.join(cacheDir(), `opentofu-${pins.opentofu.version}`, "tofu");

/**
 * The first Terraform or OpenTofu that fits: on the PATH, else the one built by the set-up.
 * @returns {Promise<Terraform | undefined>}
 */
async function findTerraform() {
  for (const product of /** @type {const} */ (["terraform", "tofu"])) {
    const file = which(product);
    const version = file && (await versionOf(file));
    if (file && version && atLeast(version, pins.terraform.least)) return { path: file, version, product };
  }
  return fs.existsSync(built()) ? { path: built(), version: pins.opentofu.version, product: "tofu" } : undefined;
}

/** @param {string} file */
async function versionOf(file) {
  // Not the user's own configuration: a broken one would be reported here, and it may name a credentials helper.
  const env = { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" };
  try {
    return JSON.parse(await exec(file, ["version", "-json"], { env, timeout: 20_000 })).terraform_version;
  } catch {
    return undefined;
  }
}

/** @type {import("../setup.js").Step} */
const terraform = {
  name: "terraform",
  async find() {
    const found = await findTerraform();
    return found && `${found.product} ${found.version} (${found.path})`;
  },
  takes: `building OpenTofu ${pins.opentofu.version} from its Go module, several minutes`,
  async make() {
    await buildGoModule(
      pins.opentofu,
      built(),
      `install Terraform or OpenTofu ${pins.terraform.least} or newer, or Go`,
    );
  },
};

module.exports = { terraform, findTerraform };
