"use strict";
const js = require("@eslint/js");
const tseslint = require("typescript-eslint");
const { importDirection } = require("./toolchain/lib/import-direction.js");

const typescript = ["**/*.ts"];
const strict = {
  "max-lines": ["error", { max: 400 }],
  eqeqeq: "error",
  "@typescript-eslint/no-explicit-any": "error",
  "@typescript-eslint/no-floating-promises": "error",
  "@typescript-eslint/no-non-null-assertion": "error",
  "@typescript-eslint/no-unnecessary-condition": "error",
  "@typescript-eslint/prefer-nullish-coalescing": "error",
  "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
  "@typescript-eslint/consistent-type-imports": "error",
  "@typescript-eslint/return-await": "error",
  // Constructs register themselves with their parent when they are created.
  "no-new": "off",
  "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
};

module.exports = tseslint.config(
  { ignores: ["**/node_modules/", "cdktf.out/", "toolchain/provider-openstack/lib/", "images/", "cloud/"] },
  {
    files: ["**/*.js", "bin/*"],
    extends: [js.configs.recommended],
    languageOptions: { sourceType: "commonjs", globals: require("./toolchain/lib/node-globals.js") },
    rules: { "max-lines": ["error", { max: 400 }], eqeqeq: "error" },
  },
  {
    files: typescript,
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    plugins: { factory: { rules: { "import-direction": importDirection(__dirname) } } },
    rules: { ...strict, "factory/import-direction": "error" },
  },
  {
    files: ["constructs/**/*.ts", "stacks/**/*.ts"],
    ignores: ["constructs/data-resource.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: [{ name: "cdktf", importNames: ["DataResource"], message: "Use constructs/data-resource.ts." }] },
      ],
    },
  },
  {
    // A test says what it means more plainly than the type system can follow.
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off", "@typescript-eslint/unbound-method": "off" },
  },
);
