"use strict";
const path = require("node:path");
const { mirror, cliConfig } = require("../steps/provider.js");
const { findTerraform } = require("../steps/terraform.js");
const { root } = require("./paths.js");
const { Problem } = require("./problem.js");
const { installedBin } = require("./suitable-node.js");

/**
 * What a shell needs for `npx cdktf …` to work offline, fast, and beside another shell's.
 * @returns {Promise<Record<string, string>>}
 */
async function environment() {
  const terraform = await findTerraform();
  if (!terraform) throw new Problem("there is no Terraform yet: run `npm run setup` first");
  return {
    // Terraform itself, behind the script that starts what its state needs beside it.
    TERRAFORM_BINARY_NAME: path.join(root, "toolchain", "terraform"),
    FACTORY_TERRAFORM: terraform.path,
    // Not every S3 takes the trailing checksums that Amazon's library would send by default.
    AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
    AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
    TF_CLI_CONFIG_FILE: cliConfig(),
    // `terraform providers lock` would ask the public registry; cdktf need not run it, and a person may.
    TF_CLI_ARGS_providers_lock: `-fs-mirror=${mirror()}`,
    CDKTF_SKIP_PROVIDER_LOCK: "true",
    // cdktf's shared plugin cache would copy the provider and is not safe for two runs at once; the mirror is linked to.
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "true",
    // Terraform is run by cdktf: no hints at what to type next.
    TF_IN_AUTOMATION: "1",
    // Without these a finished command waits for servers that may not answer.
    CHECKPOINT_DISABLE: "1",
    DISABLE_VERSION_CHECK: "true",
  };
}

/** The folder of the set-up's own Node, if that is what runs this: then the machine's does not fit. */
function ownNode() {
  return process.execPath.startsWith(installedBin()) ? installedBin() : undefined;
}

/**
 * The lines for `eval`. The shell itself fills in its process id: each has an output folder of its own, so that two
 * deploys from one checkout don't write the same files.
 * @param {Readonly<Record<string, string>>} variables
 * @param {string} [binFolder] goes to the front of the PATH, unless it is on it
 */
function exportLines(variables, binFolder) {
  const quote = (/** @type {string} */ value) => `'${value.replaceAll("'", "'\\''")}'`;
  return [
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`),
    ...(binFolder
      ? [`case ":$PATH:" in *:${quote(binFolder)}:*) ;; *) export PATH=${quote(binFolder)}:"$PATH" ;; esac`]
      : []),
    'export CDKTF_OUTPUT="cdktf.out/shell-$$"',
    "unset TF_PLUGIN_CACHE_DIR",
    "",
  ].join("\n");
}

module.exports = { environment, exportLines, ownNode };
