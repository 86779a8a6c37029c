"use strict";
const { project } = require("../lib/jest-project.js");

// Set by toolchain/with-cdktn.js, which installs it.
const home = process.env.CDKTN_HOME;
if (!home) throw new Error("run this by `npm test -- unit-cdktn`");

/** The unit tests once more, with cdktn under cdktf's name, in our code and in the bindings alike. */
module.exports = {
  ...project("unit"),
  moduleNameMapper: {
    "^cdktf$": `${home}/cdktf`,
    "^cdktf/(.*)$": `${home}/cdktf/$1`,
    "^constructs$": `${home}/constructs`,
  },
};
