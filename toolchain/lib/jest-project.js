"use strict";
const path = require("node:path");

const root = path.join(__dirname, "..", "..");
const MINUTE = 60_000;

/** How long one test of a suite may take, in milliseconds; ample, since a busy machine is no failure. */
const timeouts = { unit: 30_000, cloud: 15 * MINUTE, vm: 30 * MINUTE, full: 60 * MINUTE };

/**
 * The jest configuration of one suite (a folder of test/). Suites that drive machines run one file at a time.
 * @param {keyof typeof timeouts} suite
 */
function project(suite) {
  return {
    rootDir: root,
    roots: [`<rootDir>/test/${suite}`],
    testMatch: ["**/*.test.ts"],
    testEnvironment: "node",
    // ts-jest only strips types here (tsconfig: isolatedModules); `npm run typecheck` checks them, once.
    transform: { "\\.ts$": ["ts-jest", { tsconfig: "<rootDir>/tsconfig.json", diagnostics: false }] },
    testTimeout: timeouts[suite],
    ...(suite === "unit"
      ? {
          globalSetup: "<rootDir>/toolchain/jest/own-tmp.js",
          globalTeardown: "<rootDir>/toolchain/jest/own-tmp-end.js",
        }
      : { maxWorkers: 1, verbose: true }),
  };
}

module.exports = { project };
