/** What cdktf runs as Terraform, and what a shell is prepared by. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const toolchain = path.join(__dirname, "..", "..", "..", "toolchain");
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "terraform-"));
  const terraform = path.join(directory, "real");
  writeFileSync(terraform, '#!/bin/sh\necho "$$ $* ${TF_HTTP_ADDRESS-none}"\nexit 3\n');
  chmodSync(terraform, 0o755);
});
afterEach(() => rmSync(directory, { recursive: true }));

const terraform = (words: readonly string[], env: NodeJS.ProcessEnv) =>
  spawnSync(path.join(toolchain, "terraform"), words, { cwd: directory, encoding: "utf8", env });
const withReal = (): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  FACTORY_TERRAFORM: path.join(directory, "real"),
});

test("Terraform takes the script's place: its process, words, exit status, and no bridge where none is needed", () => {
  const { pid, stdout, status } = terraform(["apply", "-auto-approve", "a b"], withReal());
  expect(stdout).toBe(`${pid} apply -auto-approve a b none\n`);
  expect(status).toBe(3);
});

test("a state in Swift gets a bridge for commands that need the state", () => {
  const swiftState = { cloud: "production", region: "RegionOne", container: "states", name: "demo/factory" };
  writeFileSync(path.join(directory, "cdk.tf.json"), JSON.stringify({ "//": { swiftState } }));
  expect(terraform(["version"], withReal()).stdout).toMatch(/^\d+ version none\n$/);
  const clouds = path.join(directory, "clouds.yaml");
  writeFileSync(clouds, "clouds: { other: {} }\n");
  const refused = terraform(["plan"], { ...withReal(), OS_CLIENT_CONFIG_FILE: clouds });
  expect(refused.status).toBe(1);
  expect(refused.stdout).toBe("");
  expect(refused.stderr).toMatch(/^factory: .*production/);

  const auth = { auth_url: "http://127.0.0.1:1", username: "u", password: "hunter2", project_name: "p" };
  writeFileSync(clouds, JSON.stringify({ clouds: { production: { auth } } }));
  const served = terraform(["plan"], { ...withReal(), OS_CLIENT_CONFIG_FILE: clouds });
  expect(served.stdout).toMatch(/^\d+ plan http:\/\/127\.0\.0\.1:\d+\/\n$/);
  expect(served.stdout).not.toContain("hunter2");
});

describe("a build's apply", () => {
  /** What a `node` first on the PATH is called with goes into a file; `code` is its exit status. */
  const withNode = (code: number, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
    writeFileSync(path.join(directory, "node"), `#!/bin/sh\necho "$PWD $*" >>${directory}/called\nexit ${code}\n`);
    chmodSync(path.join(directory, "node"), 0o755);
    return { ...withReal(), PATH: `${directory}:${process.env["PATH"]}`, ...more };
  };
  const called = (): string => (existsSync(`${directory}/called`) ? readFileSync(`${directory}/called`, "utf8") : "");
  const ROOT = path.dirname(toolchain);
  beforeEach(() => {
    const stack = { "//": { changeCheck: "debian-12" } };
    writeFileSync(path.join(directory, "cdk.tf.json"), JSON.stringify(stack, null, 2));
  });

  test("ends as a success before Terraform begins when nothing has changed", () => {
    const { stdout, status } = terraform(["apply", "-auto-approve"], withNode(0));
    expect({ stdout, status }).toEqual({
      stdout: "No changes. There is nothing to build; FACTORY_FORCE=1 builds all the same.\n",
      status: 0,
    });
    expect(called()).toBe(`${ROOT} bin/factory internal unchanged --image debian-12\n`);
  });

  test("is Terraform's when something has changed, or when that can't be told", () => {
    expect(terraform(["apply"], withNode(1)).stdout).toMatch(/^\d+ apply none\n$/);
  });

  test("is not checked when it is forced, when it was checked, and where it is no build's", () => {
    for (const env of [{ FACTORY_FORCE: "1" }, { FACTORY_CHANGE_CHECK: "done" }]) {
      expect(terraform(["apply"], withNode(0, env)).status).toBe(3);
    }
    expect(terraform(["destroy"], withNode(0)).status).toBe(3);
    writeFileSync(path.join(directory, "cdk.tf.json"), JSON.stringify({ "//": {} }, null, 2));
    expect(terraform(["apply"], withNode(0)).status).toBe(3);
    expect(called()).toBe("");
  });
});

test("without Terraform's place the line says how to get it", () => {
  const { status, stderr } = terraform(["plan"], { PATH: process.env["PATH"] });
  expect(status).not.toBe(0);
  expect(stderr).toContain('run: eval "$(toolchain/env)"');
});

test("help is no list of exports", () => {
  const { stdout, status } = spawnSync(path.join(toolchain, "env"), ["--help"], { encoding: "utf8" });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: eval /);
  expect(stdout).not.toContain("export ");
});
