"use strict";

/** What Terraform says about a provider and our bindings don't need: prose and how it is marked up. */
const prose = new Set(["description", "description_kind", "deprecated", "deprecation_message"]);

/**
 * A schema without its prose, keys in order, so that equal schemas are equal texts.
 * @param {unknown} value
 * @param {boolean} [names] whether the keys are the provider's names (an attribute may be called "description")
 * @returns {unknown}
 */
function trim(value, names = false) {
  if (Array.isArray(value)) return value.map((item) => trim(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => names || !prose.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, trim(item, !names && (key === "attributes" || key === "block_types"))]),
  );
}

/**
 * The trimmed schema of the one provider in the output of `terraform providers schema -json`, as the text that is kept
 * in the repository: JSON with one resource a line, so that a change reads as a diff.
 * @param {any} output
 * @param {string} version the provider's
 */
function schemaText(output, version) {
  const [schema] = Object.values(output.provider_schemas);
  const lines = (/** @type {Record<string, unknown>} */ resources) =>
    Object.keys(resources)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${JSON.stringify(trim(resources[name]))}`)
      .join(",\n");
  return [
    `{"format_version":${JSON.stringify(output.format_version)},"version":${JSON.stringify(version)},`,
    `"provider":${JSON.stringify(trim(schema.provider))},`,
    `"resource_schemas":{\n${lines(schema.resource_schemas)}\n},`,
    `"data_source_schemas":{\n${lines(schema.data_source_schemas)}\n}}\n`,
  ].join("\n");
}

/**
 * The names that differ between two schema texts, one resource a line as above.
 * @param {string} kept
 * @param {string} actual
 * @returns {string[]}
 */
function differingNames(kept, actual) {
  const lines = (/** @type {string} */ text) => new Set(text.split("\n").map((line) => line.replace(/,$/, "")));
  const before = lines(kept);
  const after = lines(actual);
  const changed = [...before].filter((line) => !after.has(line)).concat([...after].filter((line) => !before.has(line)));
  return [...new Set(changed.map((line) => /^\{?"([^"]+)"/.exec(line)?.[1] || line))].sort();
}

module.exports = { trim, schemaText, differingNames };
