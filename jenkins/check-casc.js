"use strict";
// For jenkins/check: writes this checkout's JCasC files, filled as a deploy fills them, into a directory.
require("../toolchain/register.js");
const { readFileSync, readdirSync, writeFileSync } = require("node:fs");
const path = require("node:path");
const { loadConfig } = require("../config/load.ts");
const { fillCasc } = require("../model/casc.ts");
const { jenkinsValues, leftOut, locksFile } = require("../deployer/roles/jenkins-values.ts");

const root = path.join(__dirname, "..");
const [, , directory = ""] = process.argv;
const { url, commit, git, secrets, ldap, agent, agentHostKey } = JSON.parse(readFileSync(0, "utf8"));
const { config } = loadConfig(root);
const here = {
  ...config,
  infrastructure: { ...config.infrastructure, git: { url: git, ref: commit } },
  jenkins: { ...config.jenkins, realm: ldap ? "directory" : "local" },
};
const [, user = "deployer", host = "127.0.0.1", port = "22"] = /^([^@]+)@([^:]+)(?::(\d+))?$/.exec(agent ?? "") ?? [];
const values = {
  ...jenkinsValues(here, { host: "127.0.0.1", hostKey: agentHostKey ?? "ssh-ed25519 AAAA", commit }),
  url,
  agentUser: user,
  ...(ldap && { ldapServers: ldap }),
};
const folder = path.join(root, "jenkins", "casc");
for (const name of readdirSync(folder).filter((one) => !leftOut(here).includes(one))) {
  // this controller's secrets and agent are elsewhere than those of a factory
  const text = readFileSync(path.join(folder, name), "utf8")
    .replaceAll("/run/credentials/jenkins.service", secrets)
    .replace("host: 127.0.0.1", `host: ${host}`)
    .replace("port: 22", `port: ${port}`)
    .replace(/remoteFS: .*/, `remoteFS: ${JSON.stringify(path.join(path.dirname(secrets), "agent"))}`);
  writeFileSync(path.join(directory, name), fillCasc(name, text, values), { mode: 0o600 });
}
writeFileSync(path.join(directory, "locks.yaml"), locksFile(here), { mode: 0o600 });
