/** `npm run docs:config`: writes the JSON Schemas and the reference of all keys. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { generatedFiles } from "./docs";

const root = path.join(__dirname, "..");
for (const { path: file, content } of generatedFiles()) {
  const target = path.join(root, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
  console.log(file);
}
