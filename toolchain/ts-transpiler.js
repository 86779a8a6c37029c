"use strict";
// ts-node's transpiler with a memory (tsconfig.json names it): types are stripped once per content of a file, so that
// every later start of the app or of the `factory` command loads what is there.
const fs = require("node:fs");
const path = require("node:path");
const { cacheKey } = require("./lib/cache.js");
const { root } = require("./lib/paths.js");

const folder = path.join(root, "node_modules", ".cache", "image-factory", "ts");

/** @type {import("ts-node").TranspilerFactory} */
function create({ service }) {
  const { options } = service.config;
  const salt = cacheKey([JSON.stringify(options), fs.readFileSync(require.resolve("typescript/package.json"))]);
  return {
    transpile(input, { fileName }) {
      const cached = path.join(folder, `${cacheKey([salt, fileName, input])}.json`);
      if (fs.existsSync(cached)) return JSON.parse(fs.readFileSync(cached, "utf8"));
      const { outputText, sourceMapText } = require("typescript").transpileModule(input, {
        fileName,
        compilerOptions: { ...options, sourceMap: true, inlineSourceMap: false },
      });
      const output = { outputText, sourceMapText };
      write(cached, JSON.stringify(output));
      return output;
    },
  };
}

/**
 * Whole or not at all; a checkout that can't be written to is as good without.
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  const temporary = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, file);
  } catch {
    fs.rmSync(temporary, { force: true });
  }
}

module.exports = { create };
