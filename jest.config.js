"use strict";
const { project } = require("./toolchain/lib/jest-project.js");

module.exports = project("unit");
