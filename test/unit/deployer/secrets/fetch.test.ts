import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fetchSecret } from "../../../../deployer/secrets/fetch";
import type { CloudServer } from "../../openstack/cloud-server";
import { FakeBarbican } from "../../openstack/fake-barbican";

const VALUE = "correct horse battery";
const directory = mkdtempSync(path.join(os.tmpdir(), "fetch-"));
afterAll(() => rmSync(directory, { recursive: true }));

let cloud: CloudServer;
let barbican: FakeBarbican;
beforeEach(async () => ({ cloud, barbican } = await FakeBarbican.start()));
afterEach(() => cloud.stop());

const fetch = (kind: Parameters<typeof fetchSecret>[0], what: string, env: NodeJS.ProcessEnv = {}): Promise<string> =>
  fetchSecret(kind, what, { directory, env, session: cloud.session() });

describe("file:", () => {
  test("gives what is in it, without the newline at its end, relative to factory.yaml", async () => {
    writeFileSync(path.join(directory, "reader"), `${VALUE}\r\n\n`);
    expect(await fetch("file", "reader")).toBe(VALUE);
    expect(await fetch("file", path.join(directory, "reader"))).toBe(VALUE);
  });

  test("fails when there is none, when it is no file, and when it is empty", async () => {
    await expect(fetch("file", "none")).rejects.toThrow(`there is no such file (${directory}/none)`);
    await expect(fetch("file", ".")).rejects.toThrow(`it is a directory (${directory})`);
    writeFileSync(path.join(directory, "empty"), "\n \n");
    await expect(fetch("file", "empty")).rejects.toThrow("it is empty");
  });
});

describe("env:", () => {
  test("gives the variable's value as it is", async () => {
    expect(await fetch("env", "READER", { READER: VALUE })).toBe(VALUE);
  });

  test("fails when it is not set, or empty", async () => {
    await expect(fetch("env", "READER")).rejects.toThrow("this variable is not set in the environment");
    await expect(fetch("env", "READER", { READER: "" })).rejects.toThrow("it is empty");
  });
});

describe("command:", () => {
  test("gives what a shell's command puts out, run beside factory.yaml", async () => {
    writeFileSync(path.join(directory, "store"), `other\n${VALUE}\n`);
    expect(await fetch("command", "tail -1 store | cat")).toBe(VALUE);
  });

  test("fails with the command's last words, in which the value is blanked out", async () => {
    await expect(fetch("command", "echo locked >&2; exit 3")).rejects.toThrow("the command failed: locked");
    await expect(fetch("command", "exit 3")).rejects.toThrow("the command failed: exit status 3");
    await expect(fetch("command", "true")).rejects.toThrow("it is empty");
    const leaky = `echo '${VALUE}'; echo 'not good: ${VALUE}' >&2; exit 1`;
    await expect(fetch("command", leaky)).rejects.toThrow(/^the command failed: not good: \*\*\*$/);
  });
});

describe("barbican:", () => {
  test("gives the payload of a name or an id of project build", async () => {
    const id = barbican.put("my-reader", VALUE);
    expect(await fetch("barbican", "my-reader")).toBe(VALUE);
    expect(await fetch("barbican", id)).toBe(VALUE);
  });

  test("fails when there is none, and when there are several", async () => {
    await expect(fetch("barbican", "my-reader")).rejects.toThrow("Barbican has no secret of this name in the project");
    cloud.on("GET /key-manager/v1/secrets/11111111-2222-3333-4444-555555555555/payload", { status: 404 });
    await expect(fetch("barbican", "11111111-2222-3333-4444-555555555555")).rejects.toThrow("no secret of this id");
    barbican.put("my-reader", "one");
    barbican.put("my-reader", "two");
    await expect(fetch("barbican", "my-reader")).rejects.toThrow("several secrets of this name; write the id of one");
  });
});
