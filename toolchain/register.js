"use strict";
// `node -r ./toolchain/register.js main.ts` runs TypeScript: types are stripped once per content of a file, and every
// later start of the app or of the `factory` command loads what is there, without the compiler.
const fs = require("node:fs");
const path = require("node:path");
const { cacheKey } = require("./lib/cache.js");
const { root } = require("./lib/paths.js");

const folder = path.join(root, "node_modules", ".cache", "image-factory", "ts");
const tsconfig = fs.readFileSync(path.join(root, "tsconfig.json"), "utf8");
const salt = cacheKey([tsconfig, fs.readFileSync(require.resolve("typescript/package.json"))]);

/**
 * JavaScript of a file, its source map inside.
 * @param {string} file
 */
function javaScript(file) {
  const source = fs.readFileSync(file, "utf8");
  const cached = path.join(folder, `${cacheKey([salt, file, source])}.js`);
  if (fs.existsSync(cached)) return fs.readFileSync(cached, "utf8");
  const typescript = require("typescript");
  const { options } = typescript.convertCompilerOptionsFromJson(JSON.parse(tsconfig).compilerOptions, root);
  const { outputText } = typescript.transpileModule(source, {
    fileName: file,
    compilerOptions: { ...options, noEmit: false, inlineSourceMap: true },
  });
  write(cached, outputText);
  return outputText;
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

/**
 * @param {any} module Node has no typed way to run what was made in memory
 * @param {string} file
 */
function load(module, file) {
  module._compile(javaScript(file), file);
}

require.extensions[".ts"] = load;
// cdktf takes a stack trace of every reference: with lines of the source, that is a tenth of a synth
process.setSourceMapsEnabled(process.env.FACTORY_DEBUG === "1");
