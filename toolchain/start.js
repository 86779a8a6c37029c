#!/usr/bin/env node
"use strict";
require("./lib/suitable-node.js").ensure();
const { runPart, row } = require("./lib/parts.js");
const { Problem, run } = require("./lib/problem.js");
const { duration, table } = require("./lib/summary.js");

const image = "debian-12";

/** @type {readonly import("./lib/parts.js").Part[]} */
const parts = [
  { name: "setup", title: "Node modules, Terraform, provider, bindings", command: ["node", "toolchain/setup.js"] },
  { name: "cloud", title: "an OpenStack on this machine", command: ["cloud/up"] },
  { name: "configure", title: "keys and configuration", command: ["npx", "factory", "setup"], cloud: true },
  {
    name: "factory",
    title: "cdktf deploy factory",
    command: ["npx", "cdktf", "deploy", "factory", "--auto-approve"],
    cloud: true,
  },
  {
    name: "build",
    title: `cdktf deploy build-${image}`,
    command: ["npx", "cdktf", "deploy", `build-${image}`, "--auto-approve"],
    cloud: true,
  },
  { name: "status", title: "where everything is", command: ["npx", "factory", "status"], cloud: true },
];

const usage = `Usage: npm start [-- --from PART]

From nothing to a tested, signed image: ${parts.map(({ name }) => name).join(", ")}.
Run it again at any time: it goes on from what is there.

  --from PART  skip what comes before this part
`;

/** @param {readonly string[]} args */
async function main(args) {
  if (args.includes("--help")) return void process.stdout.write(usage);
  const chosen = parts.slice(first(args));
  const started = performance.now();
  const outcomes = [];
  for (const [index, part] of chosen.entries()) {
    const outcome = await runPart(part, `${index + 1}/${chosen.length}`);
    outcomes.push(outcome);
    if (!outcome.ok) break;
  }
  const rows = [["part", "time", "memory", ""], ...outcomes.map((outcome) => row(outcome))];
  process.stdout.write(`\n${table(rows)}\ntotal ${duration((performance.now() - started) / 1000)}\n`);
  const failed = outcomes.find(({ ok }) => !ok);
  if (failed) {
    const { name, title } = failed.part;
    throw new Problem(`${name} (${title}) failed, see above; "npm start" again goes on from what is there`);
  }
}

/**
 * The position of the part to begin with.
 * @param {readonly string[]} args
 */
function first(args) {
  if (args.length === 0) return 0;
  const at = parts.findIndex(({ name }) => name === args[1]);
  if (args[0] !== "--from" || args.length !== 2 || at === -1) {
    throw new Problem(`npm start: "${args.join(" ")}" is not understood, see npm start -- --help`);
  }
  return at;
}

void run(() => main(process.argv.slice(2)));
