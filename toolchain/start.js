#!/usr/bin/env node
"use strict";
require("./lib/suitable-node.js").ensure();
const { commandLine } = require("./lib/args.js");
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

const next = `
To go on, in a shell of your own:
  eval "$(cloud/env)"                    # the local cloud, Terraform and cdktf
  npx factory builds                     # which builds there are; artefacts <build> fetches what one made
  npx cdktf destroy build-${image}     # ends the build host, which still runs
  npx factory destroy && cloud/down      # ends everything; data and images stay until destroy --purge-data
`;

async function main() {
  const { values } = commandLine({ help: { type: "boolean" }, from: { type: "string", default: "setup" } });
  if (values.help) return void process.stdout.write(usage);
  const first = parts.findIndex(({ name }) => name === values.from);
  if (first === -1) throw new Problem(`npm start: there is no part "${values.from}", see --help`);
  const chosen = parts.slice(first);
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
  if (!failed) process.stdout.write(next);
  if (failed) {
    const { name, title } = failed.part;
    throw new Problem(`${name} (${title}) failed, see above; "npm start" again goes on from what is there`);
  }
}

void run(main);
