/** Secrets in a real Barbican, in projects of this run's own that it has never seen before. */
import path from "node:path";
import type { Deployment } from "../../../deployer/deployment";
import { run as runProgram } from "../../../deployer/process";
import { forgetSecrets, openSecrets } from "../../../deployer/secrets";
import { keptSecrets, purgeSecrets, secretStatuses } from "../../../deployer/secrets/kept";
import { locked } from "../../../deployer/secrets/lock";
import { rotate } from "../../../deployer/secrets/rotate";
import { createSecret, deleteSecret, listSecrets, secretPayload, secretsNamed } from "../../../openstack/barbican";
import type { Session } from "../../../openstack/session";
import { ROOT } from "../../support/paths";
import { ownDeployment, type OwnDeployment } from "./context";

let own: OwnDeployment;
let deployment: Deployment;
let session: Session;
let run: string;

beforeAll(async () => {
  own = await ownDeployment();
  deployment = own.deployment;
  run = deployment.config.factory;
  session = deployment.project("build");
});
afterAll(() => own.remove());

test("several deploys at once, the project's first requests to Barbican, end with one value and one CA", async () => {
  const deploys = await Promise.all(
    Array.from({ length: 4 }, () =>
      runProgram("node", ["-r", "./toolchain/register.js", path.join(__dirname, "deploy.ts")], {
        cwd: ROOT,
        timeout: 240_000,
      }),
    ),
  );
  expect(deploys.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0]);
  const told = new Set(deploys.map(({ stdout }) => stdout.trim()));
  expect([...told]).toEqual([expect.stringMatching(/^\{"password":"[0-9a-f]{64}","authority":"[0-9a-f]{64}"\}$/)]);
  expect(await keptSecrets(deployment)).toEqual([`${run}-ca`, `${run}-directory-reader`]);
  expect(await listSecrets(session)).toHaveLength(2);
});

test("a secret is kept with all its characters, also those of a CA's PEM", async () => {
  const value = "läuft – \"quoted\" \\ 'x' $HOME\nsecond line";
  const id = await createSecret(session, { name: `${run}_own`, payload: `${value}\n` });
  // without the white space at its end
  expect(await secretPayload(session, id)).toBe(value);
  expect((await secretsNamed(session, `${run}_own`)).map((one) => one.id)).toEqual([id]);
  // a pattern that the service would take for this name
  expect(await secretsNamed(session, `${run}%own`)).toEqual([]);
  expect(await secretPayload(session, "11111111-2222-3333-4444-555555555555")).toBeUndefined();
  expect(await deleteSecret(session, id)).toBe(true);
  expect(await deleteSecret(session, id)).toBe(false);
});

test("what a deploy left behind that died while it made a value stands in nobody's way for long", async () => {
  const expires = new Date(Date.now() + 5000);
  await createSecret(session, { name: `${run}-x.lock`, payload: "dead", expires });
  const started = Date.now();
  const times = { expires: 30_000, work: 10_000, interval: 300 };
  const looked = (): Promise<undefined> => Promise.resolve(undefined);
  const result = await locked(session, `${run}-x.lock`, looked, () => Promise.resolve("made"), times);
  expect(result).toBe("made");
  expect(Date.now() - started).toBeGreaterThan(2000);
  expect(Date.now() - started).toBeLessThan(25_000);
});

test("a rotation that was interrupted is gone on with, and ends with one new value", async () => {
  const before = await openSecrets(deployment).get("directoryReader");
  const said: string[] = [];
  const say = (line: string): unknown => said.push(line);
  const unreachable = (): Promise<void> => Promise.reject(new Error("a node does not answer"));
  await expect(rotate(deployment, "directoryReader", unreachable, say)).rejects.toThrow("does not answer");
  expect((await secretStatuses(deployment)).filter(({ rotating }) => rotating).map(({ name }) => name)).toEqual([
    "directoryReader",
  ]);
  const half = [...(await openSecrets(deployment).all("directoryReader"))];
  expect(half).toEqual([expect.not.stringMatching(before), before]);

  const given: (readonly string[])[] = [];
  const handOver = async (): Promise<void> => {
    given.push(await openSecrets(deployment).all("directoryReader"));
  };
  await rotate(deployment, "directoryReader", handOver, say);
  // to those who show it and accept it, then once more to those who accept it, without the former one
  expect(given).toEqual([half, half.slice(0, 1)]);
  forgetSecrets(deployment);
  expect(await openSecrets(deployment).all("directoryReader")).toEqual(half.slice(0, 1));
  expect(await keptSecrets(deployment)).toEqual([`${run}-ca`, `${run}-directory-reader`]);
  for (const value of half) expect(said.join("\n")).not.toContain(value);
});

test("purging leaves nothing of the factory's, and all of others'", async () => {
  const mine = await createSecret(session, { name: `${run}-mine`, payload: "mine" });
  expect(await purgeSecrets(deployment)).toEqual([
    `secret ${run}-ca: deleted`,
    `secret ${run}-directory-reader: deleted`,
  ]);
  expect((await listSecrets(session)).map(({ id }) => id)).toEqual([mine]);
});
