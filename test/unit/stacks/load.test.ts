import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readStackContext } from "../../../stacks/load";

const root = path.join(__dirname, "..", "..", "..");
let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "home-"));
  process.env["FACTORY_HOME"] = home;
});
afterEach(() => {
  delete process.env["FACTORY_HOME"];
  rmSync(home, { recursive: true });
});

test("fails before any set-up, naming the missing file and the command that makes it", () => {
  expect(() => readStackContext(root)).toThrow(`${home}/ssh/id_ed25519.pub is missing: run "npx factory setup" first`);
});
