/** The places that Terraform knows itself, each with a real Terraform: read, write, lock, unlock. */
import { statePlace } from "../../../model/config/state";
import { parseState } from "../../../deployer/states/terraform-state";
import { TerraformStates } from "../../../deployer/states/terraform-states";
import { Database } from "./database";
import { LockableServer } from "./lockable-server";

const environment = process.env;
let server: LockableServer;
let database: Database;

beforeAll(async () => {
  server = await new LockableServer().start();
  database = await Database.start();
});
afterAll(() => {
  server.stop();
  database.stop();
});
beforeEach(() => {
  process.env = { ...environment, AWS_ACCESS_KEY_ID: "access", AWS_SECRET_ACCESS_KEY: "hunter2", PGUSER: "states" };
  server.deaf = false;
});
afterEach(() => {
  process.env = environment;
});

const states = (line: string): TerraformStates =>
  new TerraformStates({
    place: statePlace(line),
    title: line,
    factory: "demo",
    fileOf: (stack) => `/nowhere/${stack}.tfstate`,
    swift: { cloud: "production", region: "RegionOne" },
  });
const s3 = (): string => `s3://demo-state/x?endpoint=${server.address}&region=eu`;
const http = (): string => `${server.address}/f`;
const postgres = (): string => `postgres://127.0.0.1:${database.port}/postgres?sslmode=disable`;
const document = parseState(
  JSON.stringify({
    version: 4,
    terraform_version: "1.10.0",
    serial: 7,
    lineage: "5c1e3a52-0000-4000-8000-000000000000",
    outputs: { said: { value: "yes", type: "string" } },
  }),
  "document",
);

test.each([
  ["s3", s3],
  ["http", http],
  ["postgres", postgres],
])(
  "%s: a state is read as it was written, and the second of two is kept out",
  async (_, line) => {
    const place = states(line());
    expect(await place.read("factory")).toBeUndefined();
    await place.push("factory", document, false);
    const { lineage, outputs } = document as unknown as Record<string, unknown>;
    expect(await place.read("factory")).toMatchObject({ lineage, outputs });
    expect(await place.read("build-debian-12")).toBeUndefined();
    await place.proveLock();
    // Nothing is left locked.
    await place.push("factory", { ...document, serial: 20 }, false);
  },
  300_000,
);

test("S3 gets whole bodies, no chunks with checksums behind them", () => {
  expect([...server.content.keys()]).toContain("/demo-state/x/factory.tfstate");
  expect(JSON.parse(server.content.get("/demo-state/x/factory.tfstate") ?? "")).toMatchObject({ outputs: { said: { value: "yes" } } });
});

test("an S3 that does not heed the condition of a write is found out", async () => {
  server.deaf = true;
  await expect(states(s3()).proveLock()).rejects.toThrow(/takes no lock, two could deploy at once; use another place/);
}, 180_000);

test("a lock that was left behind is named, and taken away", async () => {
  const info = { ID: "5c1e", Operation: "OperationTypeApply", Who: "ann@shell", Created: "2026-11-23T08:51:08Z" };
  server.content.set("/demo-state/x/factory.tfstate.tflock", JSON.stringify({ ...info, Path: "x", Version: "1.11.4" }));
  const place = states(s3());
  await expect(place.push("factory", { ...document, serial: 30 }, false)).rejects.toThrow(
    "the state of stack factory is locked by ann@shell since 2026-11-23T08:51:08Z (apply); wait for it, or if that process is gone: npx factory state unlock factory 5c1e",
  );
  await place.unlock("factory", "5c1e");
  await place.push("factory", { ...document, serial: 30 }, false);
}, 180_000);

test("without a key nothing is tried, and the line says how to get one", async () => {
  delete process.env["AWS_ACCESS_KEY_ID"];
  await expect(states(s3()).read("factory")).rejects.toThrow('eval "$(npx factory state credentials)"');
});

test("a place that nobody answers at is one line", async () => {
  const refused = states(`postgres://127.0.0.1:1/states?sslmode=disable`).read("factory");
  await expect(refused).rejects.toThrow(/^postgres:\/\/127\.0\.0\.1:1\/states\?sslmode=disable: .*refused[^\n]*$/);
}, 180_000);
