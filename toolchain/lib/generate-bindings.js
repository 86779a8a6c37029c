"use strict";
// Started by the bindings step as a process of its own, since the generator's library looks at its environment when it
// is loaded and runs `terraform version`, which is not needed here.
const fs = require("node:fs");
const { ConstructsMakerProviderTarget, TerraformProviderConstraint, Language } = require("@cdktf/commons");
const { CodeMaker, TerraformProviderGenerator } = require("@cdktf/provider-generator");
const { provider } = require("./pins.js");

const [schemaFile = "", folder = ""] = process.argv.slice(2);
const { format_version, version, ...schema } = JSON.parse(fs.readFileSync(schemaFile, "utf8"));
const generator = new TerraformProviderGenerator(new CodeMaker(), {
  format_version,
  provider_schemas: { [`registry.terraform.io/${provider.source}`]: schema },
});
const constraint = new TerraformProviderConstraint({ name: "openstack", source: provider.source, version });
generator.generate(new ConstructsMakerProviderTarget(constraint, Language.TYPESCRIPT));
generator.save(folder).then(() => process.exit(0));
