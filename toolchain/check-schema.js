#!/usr/bin/env node
"use strict";
require("./lib/suitable-node.js").ensure();
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { commandLine } = require("./lib/args.js");
const { environment } = require("./lib/environment.js");
const { exec } = require("./lib/exec.js");
const { provider: pin } = require("./lib/pins.js");
const { Problem, run } = require("./lib/problem.js");
const { differingNames, schemaText } = require("./lib/schema.js");
const { schemaFile } = require("./steps/bindings.js");

const usage = `Usage: npm run check:schema [-- --write]

Asks the real provider for its schema and compares it with toolchain/provider-openstack/schema.json, from which the
bindings are generated. With --write the file is written anew.
`;

/** The provider's own word, trimmed like the kept file. */
async function actualSchema() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "schema-"));
  const required = { openstack: { source: pin.source, version: pin.version } };
  fs.writeFileSync(path.join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: required } }));
  const variables = await environment();
  const options = { cwd: folder, env: { ...process.env, ...variables }, log: "check-schema" };
  const terraform = /** @type {string} */ (variables.TERRAFORM_BINARY_NAME);
  try {
    await exec(terraform, ["init", "-input=false", "-no-color"], options);
    return schemaText(JSON.parse(await exec(terraform, ["providers", "schema", "-json"], options)), pin.version);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function main() {
  const { values } = commandLine({ help: { type: "boolean" }, write: { type: "boolean" } });
  if (values.help) return void process.stdout.write(usage);
  const actual = await actualSchema();
  const kept = fs.existsSync(schemaFile) ? fs.readFileSync(schemaFile, "utf8") : "";
  const name = path.relative(process.cwd(), schemaFile);
  if (actual === kept) {
    process.stdout.write(`${name} is what provider ${pin.version} says\n`);
    return;
  }
  if (values.write) {
    fs.writeFileSync(schemaFile, actual);
    process.stdout.write(`${name}: written, run "npm run setup" for the bindings\n`);
    return;
  }
  const names = differingNames(kept, actual);
  const some = names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
  throw new Problem(
    `${name} is not what provider ${pin.version} says (${some}): run "npm run check:schema -- --write"`,
  );
}

void run(main);
