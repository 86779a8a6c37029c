"use strict";
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { cacheDir } = require("./paths.js");
const { Problem } = require("./problem.js");

/**
 * Runs a program and returns what it printed on standard output. Its whole output is also kept in the cache's logs/.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, log?: string, timeout?: number }} [options] `log` names the log
 * file, `timeout` is in milliseconds
 * @returns {Promise<string>} fails with a Problem: the command, its last line and the log
 */
async function exec(program, args, options = {}) {
  const { log, ...rest } = options;
  const child = spawn(program, args, { ...rest, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let all = "";
  child.stdout.on("data", (data) => ((stdout += data), (all += data)));
  child.stderr.on("data", (data) => (all += data));
  const ended = await new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(signal || code));
  });
  const file = log && path.join(cacheDir(), "logs", `${log}.log`);
  if (file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, all);
  }
  if (ended === 0) return stdout;
  const said = lastLine(all);
  throw new Problem(
    `${path.basename(program)} ${args.slice(0, 3).join(" ")} failed (${ended})${said && `: ${said}`}${file ? ` (${file})` : ""}`,
  );
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split("\n").pop() || "";
}

/**
 * The full path of a program on the PATH, or undefined.
 * @param {string} name
 * @param {string} [searchPath]
 */
function which(name, searchPath = process.env.PATH || "") {
  return searchPath
    .split(path.delimiter)
    .filter(Boolean)
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

module.exports = { exec, which };
