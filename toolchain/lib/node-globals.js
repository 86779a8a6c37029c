"use strict";

/** The globals of Node that our CommonJS scripts use, for the linter. */
module.exports = Object.fromEntries(
  ["require", "module", "__dirname", "__filename", "process", "console", "Buffer", "setTimeout", "setInterval"]
    .concat(["clearTimeout", "clearInterval", "URL", "fetch", "AbortSignal", "performance"])
    .map((name) => [name, "readonly"]),
);
