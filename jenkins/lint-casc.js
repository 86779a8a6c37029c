"use strict";
// Part of `npm run lint`: every JCasC file has values for all its {{ names }}, and refers to what Jenkins' unit is shown.
require("../toolchain/register.js");
const { readFileSync, readdirSync } = require("node:fs");
const path = require("node:path");
const { loadConfig } = require("../config/load.ts");
const { fillCasc, unknownReferences } = require("../model/casc.ts");
const { JENKINS_REFERENCES } = require("../model/jenkins.ts");
const { jenkinsValues } = require("../deployer/roles/jenkins-values.ts");

const root = path.join(__dirname, "..");
const [, , folder = path.join(__dirname, "casc")] = process.argv;
const values = jenkinsValues(loadConfig(root).config, { host: "controller", hostKey: "ssh-ed25519 AAAA", commit: "0" });
const problems = readdirSync(folder).flatMap((name) => {
  const file = path.relative(process.cwd(), path.join(folder, name));
  try {
    const text = fillCasc(file, readFileSync(path.join(folder, name), "utf8"), values);
    return unknownReferences(file, text, JENKINS_REFERENCES);
  } catch (error) {
    return [error.message];
  }
});
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
