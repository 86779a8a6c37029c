import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ImageSigning } from "../../../model/image-signature";
import type { BuildPlan } from "../../../model/plan";
import { GnupgHome } from "../../../deployer/gnupg";
import { freeBytes } from "../../../stages/lib/files";
import { layout, type Layout } from "../../../stages/lib/layout";
import { openStageLog } from "../../../stages/lib/stage-log";
import type { StageContext } from "../../../stages/lib/stage";
import { prepareStage } from "../../../stages/prepare";
import { certificateOf } from "../../support/certificate";
import { PLAN } from "./plan";

jest.mock("../../../stages/lib/files", () => ({
  ...jest.requireActual<object>("../../../stages/lib/files"),
  freeBytes: jest.fn(),
}));

// Sockets have short paths.
const directory = mkdtempSync(path.join(tmpdir(), "p-"));
const owner = path.join(directory, "owner");
const agentSocket = path.join(owner, "S.gpg-agent.extra");
const GIB = 1024 ** 3;
let fingerprint = "";
let publicKey = "";
let imageSigning: ImageSigning;

const gpg = (...args: string[]): string =>
  execFileSync("gpg", ["--homedir", owner, "--batch", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
const newKey = (name: string, algorithm: string): string => {
  gpg("--passphrase", "", "--quick-generate-key", name, algorithm, "sign", "never");
  return gpg("--with-colons", "--with-keygrip", "--list-keys", name);
};
const keygripIn = (listed: string): string => /^grp:::::::::([0-9A-F]{40}):/m.exec(listed)?.[1] ?? "";

beforeAll(async () => {
  mkdirSync(owner, { mode: 0o700 });
  fingerprint = /^fpr:::::::::([0-9A-F]{40}):/m.exec(newKey("Test <test@example.org>", "ed25519"))?.[1] ?? "";
  publicKey = gpg("--armor", "--export", fingerprint);
  const keygrip = keygripIn(newKey("Images <images@example.org>", "nistp384"));
  execFileSync("gpg-connect-agent", ["--homedir", owner, "/bye"], { stdio: "ignore" });
  const certificate = await certificateOf(await new GnupgHome(owner).agentKey(keygrip));
  const fixed = { keyType: "ECC_SECP384R1", hashMethod: "SHA-384", certificates: {}, verifiedAtUpload: [] } as const;
  imageSigning = { ...fixed, keygrip, certificate };
});
afterAll(() => {
  execFileSync("gpgconf", ["--homedir", owner, "--kill", "gpg-agent"]);
  rmSync(directory, { recursive: true });
});

let paths: Layout;
let asked: unknown[];
beforeEach(() => {
  const root = mkdtempSync(path.join(directory, "h-"));
  paths = { ...layout(PLAN, root), secrets: root, gnupg: path.join(root, "gnupg"), agentSocket };
  asked = [];
  jest.mocked(freeBytes).mockResolvedValue(100 * GIB);
});

async function prepare(plan: Partial<BuildPlan> = {}, signal = new AbortController().signal): Promise<string> {
  const log = openStageLog(path.join(paths.logs, "06-prepare.log"));
  const context = {
    plan: { ...PLAN, signing: { fingerprint, publicKey }, ...plan },
    paths,
    signal,
    log,
    progress: (_: string, data: unknown) => asked.push(data),
  } as unknown as StageContext;
  try {
    return (await prepareStage(0).run(context)).message ?? "";
  } finally {
    await log.flush();
  }
}
const key = (): string => `signing key ${fingerprint.slice(-16)}`;

test("says how much space there is, and that both keys can sign; the agent is given back, the trial leaves nothing", async () => {
  expect(await prepare({ imageSigning })).toBe(
    `scratch 100 GiB free, share 100 GiB free; ${key()} and the image key can sign`,
  );
  expect(asked).toEqual([{ needsSigner: true }, { needsSigner: false }]);
  expect(readdirSync(paths.gnupg).filter((name) => name.startsWith("trial"))).toEqual([]);
  expect(existsSync(paths.artefacts)).toBe(true);
  expect(readdirSync(paths.build).filter((name) => name.startsWith(".write-test"))).toEqual([]);
});

test("without an agent the build goes on: whoever closed a laptop is back before the signature is needed", async () => {
  paths = { ...paths, agentSocket: path.join(directory, "none") };
  expect(await prepare({ imageSigning })).toBe(
    `scratch 100 GiB free, share 100 GiB free; ${key()} is there; nobody follows the build, so that it can sign is not known`,
  );
  expect(asked).toEqual([{ needsSigner: true }, { needsSigner: false }]);
});

test("without an agent a key that is another than the plan's stops the build all the same", async () => {
  paths = { ...paths, agentSocket: path.join(directory, "none") };
  await expect(prepare({ signing: { fingerprint: "C".repeat(40), publicKey } })).rejects.toThrow(
    /the public key that attach brought is not C{40}/,
  );
});

test("without an agent a stopped build stops", async () => {
  paths = { ...paths, agentSocket: path.join(directory, "none") };
  await expect(prepare({}, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow();
});

test("an agent that refuses stops the build before the image is built", async () => {
  const foreign = { ...imageSigning, keygrip: "C".repeat(40) };
  await expect(prepare({ imageSigning: foreign })).rejects.toThrow(/^gpg agent: No secret key/);
  expect(asked).toEqual([{ needsSigner: true }, { needsSigner: false }]);
});

test("an image key that is not its certificate's stops the build", async () => {
  const listed = newKey("Other <other@example.org>", "nistp384");
  await expect(prepare({ imageSigning: { ...imageSigning, keygrip: keygripIn(listed) } })).rejects.toThrow(
    `image key ${keygripIn(listed)}: is not that of its certificate; check factory.yaml: signing`,
  );
});

test.each([
  ["scratch", 0, "9 GiB needed; raise nodes.buildHost.scratchGiB in factory.yaml"],
  ["share", 1, "2 GiB needed; raise nodes.nfsServer.volumeGiB in factory.yaml"],
])("fails when %s is nearly full: says where, how much and what to raise", async (_, which, remedy) => {
  const where = [paths.scratch, paths.build][which] ?? "";
  jest.mocked(freeBytes).mockImplementation((asked) => Promise.resolve((asked === where ? 1.5 : 100) * GIB));
  await expect(prepare()).rejects.toThrow(`${where}: 1.5 GiB free, ${remedy}`);
});
