"use strict";
module.exports = require("../lib/jest-project.js").project("full");
