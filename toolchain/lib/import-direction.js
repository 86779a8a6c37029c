"use strict";
const path = require("node:path");

/**
 * Which of our folders a folder may import. Nothing imports upward; what both worlds share is `model`.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const mayImport = {
  "main.ts": ["stacks", "config", "model"],
  stacks: ["constructs", "cloud-init", "config", "model"],
  constructs: ["cloud-init", "model"],
  "cloud-init": ["model"],
  config: ["model"],
  model: [],
  openstack: ["model"],
  stages: ["model", "openstack"],
  site: ["model"],
  publisher: ["model", "openstack", "site"],
  share: ["model"],
  deployer: ["stages", "publisher", "site", "config", "model", "openstack"],
  cli: ["deployer", "publisher", "site", "config", "model"],
};

/** @param {string} file relative to the repository */
const folderOf = (file) => /** @type {string} */ (file.split(path.sep)[0]);

/**
 * What is wrong with an import, or undefined. Only our own folders are judged; tests and tools import what they like.
 * @param {string} file relative to the repository
 * @param {string} specifier as written in the import
 * @returns {string | undefined}
 */
function wrongImport(file, specifier) {
  const from = folderOf(file);
  const allowed = mayImport[from];
  if (!allowed || !specifier.startsWith(".")) return undefined;
  const to = folderOf(path.join(path.dirname(file), specifier));
  if (to === from || !(to in mayImport) || allowed.includes(to)) return undefined;
  return `${from} may import ${allowed.join(", ") || "nothing of ours"}, not ${to} (toolchain/lib/import-direction.js)`;
}

/**
 * The ESLint rule.
 * @param {string} root the repository
 * @returns {import("eslint").Rule.RuleModule}
 */
function importDirection(root) {
  return {
    create(context) {
      const file = path.relative(root, context.filename);
      /** @param {any} node an import or export that may name a module */
      const check = (node) => {
        const source = node.type === "TSImportType" ? node.argument.literal : node.source;
        if (typeof source?.value !== "string") return;
        const message = wrongImport(file, source.value);
        if (message) context.report({ node, message });
      };
      return {
        ImportDeclaration: check,
        ImportExpression: check,
        ExportNamedDeclaration: check,
        ExportAllDeclaration: check,
        TSImportType: check,
      };
    },
  };
}

module.exports = { importDirection, wrongImport };
