#!/usr/bin/env node
"use strict";
require("./lib/suitable-node.js").ensure();
const { commandLine } = require("./lib/args.js");
const { withLock } = require("./lib/lock.js");
const { Problem, run } = require("./lib/problem.js");

/**
 * One step of the set-up. `find` says what is there already, in a few words, and returns undefined where something is
 * missing; then `make` makes it, and `takes` says how and how long.
 * @typedef {object} Step
 * @property {string} name
 * @property {() => Promise<string | undefined>} find
 * @property {string} takes
 * @property {(say: (line: string) => void) => Promise<void>} make
 */

const usage = `Usage: npm run setup -- [--quiet] [--only STEP,...]

Brings what the project needs: Node modules, Terraform, the OpenStack provider, its TypeScript bindings. What is there
already is kept, so that it can be run at any time. What was fetched or built is kept in $FACTORY_CACHE (default:
~/.cache/image-factory).

  --quiet  print only what is being done, not what is there already
  --only   only these steps: modules, terraform, provider, bindings
`;

async function main() {
  const { values } = commandLine({
    help: { type: "boolean" },
    quiet: { type: "boolean", default: false },
    only: { type: "string" },
  });
  if (values.help) return void process.stdout.write(usage);
  const steps = chosen(values.only);
  // What is built from Go and what npm brings don't need each other, so they go side by side.
  const chains = [
    ["modules", "bindings"],
    ["terraform", "provider"],
  ];
  const ended = await Promise.allSettled(
    chains.map(async (chain) => {
      for (const step of steps.filter(({ name }) => chain.includes(name))) await bring(step, values.quiet);
    }),
  );
  for (const end of ended) if (end.status === "rejected") throw end.reason;
}

/**
 * @param {string} [only] names of steps
 * @returns {Step[]}
 */
function chosen(only) {
  const steps = [
    require("./steps/modules.js").modules,
    require("./steps/bindings.js").bindings,
    require("./steps/terraform.js").terraform,
    require("./steps/provider.js").provider,
  ];
  if (only === undefined) return steps;
  const names = only.split(",");
  const stranger = names.find((name) => !steps.some((step) => step.name === name));
  if (stranger !== undefined) throw new Problem(`setup: no step is called "${stranger}", see --help`);
  return steps.filter((step) => names.includes(step.name));
}

/**
 * @param {Step} step
 * @param {boolean} quiet
 */
async function bring(step, quiet) {
  const started = performance.now();
  const say = (/** @type {string} */ text) => process.stderr.write(`setup  ${step.name.padEnd(9)} ${text}\n`);
  const seconds = () => `(${((performance.now() - started) / 1000).toFixed(1)} s)`;
  const there = await step.find();
  if (there !== undefined) {
    if (!quiet) say(`${there} ${seconds()}`);
    return;
  }
  await withLock(`setup-${step.name}`, async () => {
    // Another run may have made it while this one waited.
    if ((await step.find()) !== undefined) return;
    say(`${step.takes} …`);
    await step.make(say).catch((error) => {
      throw error instanceof Problem ? new Problem(`setup, ${step.name}: ${error.message}`) : error;
    });
  });
  const made = await step.find();
  if (made === undefined) throw new Problem(`setup, ${step.name}: done, yet still not there; see logs/ in the cache`);
  say(`${made} ${seconds()}`);
}

if (require.main === module) void run(main);
