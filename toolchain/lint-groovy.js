#!/usr/bin/env node
"use strict";
require("./lib/suitable-node.js").ensure();
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { commandLine } = require("./lib/args.js");
const { root } = require("./lib/paths.js");
const { Problem, run } = require("./lib/problem.js");

const usage = `Usage: npm run lint:groovy [-- DIRECTORY]

npm-groovy-lint over jenkins/ (or another directory) with the rules of jenkins/.groovylintrc.json; exits 1 when it finds
anything. Needs Java, and no network.
`;

/** They have the shapes of Jenkins' own classes. */
const LEFT_OUT = new Set(["stubs"]);

/**
 * Groovy files below a directory, as paths relative to it; a Jenkinsfile is one whose name the linter does not know.
 * @param {string} folder
 * @returns {string[]}
 */
function groovyFiles(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory())
      return LEFT_OUT.has(entry.name)
        ? []
        : groovyFiles(path.join(folder, entry.name)).map((name) => path.join(entry.name, name));
    return /\.(groovy|Jenkinsfile)$/.test(entry.name) ? [entry.name] : [];
  });
}

void run(async () => {
  const { values, positionals } = commandLine({ help: { type: "boolean" } }, true);
  if (values.help) return void process.stdout.write(usage);
  const folder = path.resolve(positionals[0] ?? path.join(root, "jenkins"));
  const files = groovyFiles(folder);
  const copies = fs.mkdtempSync(path.join(os.tmpdir(), "groovy-lint-"));
  try {
    for (const name of files) {
      const copy = path.join(copies, `${name.replace(/\.groovy$/, "")}.groovy`);
      fs.mkdirSync(path.dirname(copy), { recursive: true });
      fs.copyFileSync(path.join(folder, name), copy);
    }
    const config = path.join(root, "jenkins", ".groovylintrc.json");
    const args = ["--noserver", "--config", config, "--path", copies, "--failon", "info", "--output", "txt"];
    const options = { cwd: root, encoding: /** @type {const} */ ("utf8"), env: { ...process.env, FORCE_COLOR: "0" } };
    const { status, stdout, stderr, error } = spawnSync("npx", ["npm-groovy-lint", ...args], options);
    if (error) throw error;
    process.stdout.write(
      stdout.replaceAll(`${copies}${path.sep}`, "").replaceAll(".Jenkinsfile.groovy", ".Jenkinsfile"),
    );
    if (status !== 0) throw new Problem(`npm-groovy-lint: ${stderr.trim().split("\n").at(-1) || "see above"}`);
    process.stdout.write(`${files.length} files are clean\n`);
  } finally {
    fs.rmSync(copies, { recursive: true, force: true });
  }
});
