/** What the pages tell people to type, typed; and what mirrors make of the signed index. */
import { execFile } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { artefactObject } from "../../../model/catalogue";
import { SIGNED_INDEX } from "../../../site/simplestreams";
import { pythonWith } from "../../support/python-tool";
import { close, serveSite, type ServedSite } from "./served-site";

const MINUTE = 60_000;
const SIMPLESTREAMS = ["python-simplestreams==0.1.0.post59", "requests==2.32.3", "setuptools==75.8.0"];
const run = promisify(execFile);
let served: ServedSite;

beforeAll(async () => {
  served = await serveSite();
}, 20 * MINUTE);
afterAll(async () => served.end());

interface Outcome {
  readonly status: number;
  readonly said: string;
}

/** As in a shell that people paste into: without -e. */
const sh = async (script: string, cwd: string): Promise<Outcome> =>
  run("bash", ["-c", script], { cwd, env: { ...process.env, HOME: cwd, LC_ALL: "C" } }).then(
    ({ stdout, stderr }) => ({ status: 0, said: stdout + stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      status: code,
      said: stdout + stderr,
    }),
  );

/** What a person would copy from the page, from top to bottom. */
async function commandsOf(kind: string): Promise<string[]> {
  const page = await served.open("images/debian-12/", { permissions: ["clipboard-read", "clipboard-write"] });
  const all = await page.locator(`pre[data-kind^=${kind}]`).allInnerTexts();
  await close(page);
  expect(all.length).toBeGreaterThan(0);
  return all;
}

/** Its last line says so, and no line says the contrary. */
function expectFailure({ status, said }: Outcome): void {
  expect([status, said]).toEqual([1, expect.stringMatching(/^FAILED: /m)]);
  expect(said).not.toMatch(/PASSED|Verified OK/);
}

describe("the commands on the page", () => {
  const scratch = (): string => mkdtempSync(path.join(served.work, "t-"));
  const object = (name: string): string =>
    path.join(
      served.directory,
      artefactObject("debian-12", served.release.build, name.replace("IMAGE", `${served.release.build}.qcow2`)),
    );

  test("accept what was published", async () => {
    const commands = await commandsOf("verify-");
    expect(commands).toHaveLength(3);
    const outcome = await sh(commands.join("\n"), scratch());
    expect([outcome.status, outcome.said]).toEqual([0, expect.stringContaining(`${served.release.build}.qcow2: OK`)]);
    expect(outcome.said).toContain("Verified OK");
    expect(outcome.said.match(/^PASSED: /gm)).toHaveLength(3);
    expect(outcome.said).not.toContain("FAILED");
  });

  test.each<[string, string, number]>([
    ["an image with a byte more", "IMAGE", 0],
    ["an image with a byte more: its own signature", "IMAGE", 1],
    ["an image with a byte more: the clouds' signature", "IMAGE", 2],
    ["a changed signature of the clouds", "IMAGE.sig", 2],
    ["a changed signature of the builder", "IMAGE.asc", 1],
    ["another certificate", "image-signing.crt", 2],
  ])("refuse %s", async (_, name, block) => {
    const commands = await commandsOf("verify-");
    const file = object(name);
    const whole = readFileSync(file);
    const place = scratch();
    // what the later blocks go on with is downloaded by the first
    const [download = ""] = commands[0]!.split("\ngpg ");
    try {
      if (name === "image-signing.crt")
        await sh(
          `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:secp384r1 -nodes -keyout k -out '${file}' -subj /CN=other`,
          place,
        );
      else if (name === "IMAGE") appendFileSync(file, "!");
      else writeFileSync(file, Buffer.from(whole).fill(65, 60, 70));
      const outcome = await sh(block === 0 ? commands[0]! : `${download}\n${commands[block]!}`, place);
      expectFailure(outcome);
    } finally {
      writeFileSync(file, whole);
    }
    expect((await sh(block === 0 ? commands[0]! : `${download}\n${commands[block]!}`, scratch())).status).toBe(0);
  });

  test.each(["SHA256SUMS", "SHA256SUMS.gpg"])("refuse a changed %s", async (name) => {
    const file = path.join(served.directory, "images/debian-12", name);
    const whole = readFileSync(file);
    try {
      writeFileSync(file, Buffer.from(whole).fill(48, 10, 14));
      expectFailure(await sh((await commandsOf("verify-published"))[0]!, scratch()));
    } finally {
      writeFileSync(file, whole);
    }
  });

  test("refuse another publisher's key, even where it signed", async () => {
    const keyring = path.join(served.directory, served.catalogue.keys.publisher.keyring);
    const whole = readFileSync(keyring);
    try {
      cpSync(path.join(served.directory, served.catalogue.keys.builds.keyring), keyring);
      const outcome = await sh((await commandsOf("verify-published"))[0]!, scratch());
      expectFailure(outcome);
      expect(outcome.said).not.toMatch(/Good signature|: OK/);
    } finally {
      writeFileSync(keyring, whole);
    }
  });
});

describe("python3-simplestreams", () => {
  let mirror: string;
  beforeAll(async () => {
    mirror = path.join(path.dirname(await pythonWith("simplestreams", SIMPLESTREAMS)), "sstream-mirror");
  }, 15 * MINUTE);

  const mirrored = async (keyring: string, to: string): Promise<Outcome> =>
    sh(
      `'${mirror}' -vv --max 1 --keyring '${keyring}' '${served.address}/${SIGNED_INDEX}' '${to}' aliases=debian-12`,
      served.work,
    );
  const publisher = (): string => path.join(served.directory, served.catalogue.keys.publisher.keyring);
  const file = (): string => artefactObject("debian-12", served.release.build, `${served.release.build}.qcow2`);

  test("mirrors what is current, and leaves it as it is", async () => {
    const to = mkdtempSync(path.join(served.work, "m-"));
    const outcome = await mirrored(publisher(), to);
    expect([outcome.status, outcome.said]).toEqual([0, expect.any(String)]);
    expect(readFileSync(path.join(to, file())).equals(readFileSync(path.join(served.directory, file())))).toBe(true);
    expect(readdirSync(path.join(to, "images/debian-12"))).toEqual([served.release.build]);
  });

  test.each(["index", "downloads"])("refuses a changed %s", async (name) => {
    const changed = path.join(served.directory, "streams/v1", `${name}.sjson`);
    const whole = readFileSync(changed, "utf8");
    try {
      writeFileSync(changed, whole.replace("debian", "debiam"));
      expect((await mirrored(publisher(), mkdtempSync(path.join(served.work, "m-")))).status).not.toBe(0);
    } finally {
      writeFileSync(changed, whole);
    }
  });

  test("refuses what another key has signed", async () => {
    const other = path.join(served.directory, served.catalogue.keys.builds.keyring);
    expect((await mirrored(other, mkdtempSync(path.join(served.work, "m-")))).status).not.toBe(0);
  });
});
