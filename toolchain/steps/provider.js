"use strict";
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { provider: pin } = require("../lib/pins.js");
const { makeWhole } = require("../lib/cache.js");
const { exec } = require("../lib/exec.js");
const { buildGoModule } = require("../lib/go-module.js");
const { cacheDir, platform } = require("../lib/paths.js");
const { findTerraform } = require("./terraform.js");

/** Where Terraform and OpenTofu think that a provider without a host lives. */
const hosts = { terraform: "registry.terraform.io", tofu: "registry.opentofu.org" };

const mirror = () => path.join(cacheDir(), "mirror");
const cliConfig = () => path.join(cacheDir(), "terraform.rc");

/**
 * The folder of the unpacked provider below a mirror or below `.terraform/providers`: the layout is the same.
 * @param {string} base
 * @param {"terraform" | "tofu"} product
 */
function packageFolder(base, product) {
  return path.join(base, hosts[product], pin.source, pin.version, platform());
}

/**
 * Terraform's command line configuration: our provider comes from the mirror (which is linked to, not copied), and from
 * nowhere else.
 * @param {string} folder the mirror
 */
function cliConfigText(folder) {
  const names = Object.values(hosts).map((host) => JSON.stringify(`${host}/${pin.source}`));
  return `# Written by the set-up.
disable_checkpoint = true

provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(folder)}
    include = [${names.join(", ")}]
  }
  direct {
    exclude = [${names.join(", ")}]
  }
}
`;
}

/** @type {import("../setup.js").Step} */
const provider = {
  name: "provider",
  async find() {
    const terraform = await findTerraform();
    if (!terraform || !fs.existsSync(packageFolder(mirror(), terraform.product))) return undefined;
    writeConfig();
    return `${pin.source} ${pin.version} (mirror in the cache)`;
  },
  takes: "from the public registry, else built from its Go module, about a minute",
  async make(say) {
    const terraform = await findTerraform();
    if (!terraform) throw new Error("the terraform step comes first");
    const target = packageFolder(mirror(), terraform.product);
    const refused = await download(terraform, target);
    if (refused) {
      say(`the public registry gave none (${refused}): building`);
      const remedy = "make the public registry reachable, or install Go";
      const built = path.join(cacheDir(), "provider", pin.version, `terraform-provider-openstack_v${pin.version}`);
      if (!fs.existsSync(built)) await buildGoModule(pin, built, remedy);
      await makeWhole(target, async (temporary) => {
        fs.mkdirSync(temporary);
        fs.linkSync(built, path.join(temporary, path.basename(built)));
      });
    }
    writeConfig();
  },
};

function writeConfig() {
  const text = cliConfigText(mirror());
  if (fs.existsSync(cliConfig()) && fs.readFileSync(cliConfig(), "utf8") === text) return;
  fs.mkdirSync(mirror(), { recursive: true });
  fs.writeFileSync(cliConfig(), text);
}

/**
 * Lets Terraform install the provider as the user's own configuration says (it checks the signature), and keeps it.
 * @param {import("./terraform.js").Terraform} terraform
 * @param {string} target
 * @returns {Promise<string | undefined>} why it could not
 */
async function download(terraform, target) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "provider-"));
  const required = { openstack: { source: pin.source, version: pin.version } };
  fs.writeFileSync(path.join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: required } }));
  // A registry that does not answer must not hold up the set-up for minutes.
  const patience = { TF_REGISTRY_DISCOVERY_RETRY: "0", TF_REGISTRY_CLIENT_TIMEOUT: "5", CHECKPOINT_DISABLE: "1" };
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, ...patience };
  delete env.TF_PLUGIN_CACHE_DIR;
  try {
    const args = ["init", "-backend=false", "-input=false", "-no-color"];
    await exec(terraform.path, args, { cwd: folder, env, log: "provider-download", timeout: 180_000 });
    const installed = packageFolder(path.join(folder, ".terraform", "providers"), terraform.product);
    await makeWhole(target, async (temporary) =>
      fs.cpSync(installed, temporary, { recursive: true, dereference: true }),
    );
    return undefined;
  } catch {
    return "see logs/provider-download.log in the cache";
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

module.exports = { provider, mirror, cliConfig, cliConfigText, packageFolder };
