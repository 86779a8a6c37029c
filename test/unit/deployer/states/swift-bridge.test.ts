import type { Server } from "node:http";
import { startBridge } from "../../../../deployer/states/swift-bridge";
import { SwiftState } from "../../../../deployer/states/swift-state";
import { CloudServer } from "../../openstack/cloud-server";
import { Objects } from "./objects";

let cloud: CloudServer;
let server: Server;
let environment: Readonly<Record<string, string>>;
let told: string[];

beforeEach(async () => {
  cloud = await CloudServer.start();
  new Objects(cloud, ["states/demo/factory.tfstate", "states-locks/demo/factory"]);
  told = [];
  const state = new SwiftState(cloud.session(), { container: "states", name: "demo/factory", settle: 1000 });
  const tell = (line: string): void => void told.push(line);
  [server, environment] = await startBridge({ state, stack: "factory", password: "hunter2", tell });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await cloud.stop();
});

const lock = JSON.stringify({
  ID: "1",
  Who: "me@host",
  Created: "2026-01-01T00:00:00Z",
  Operation: "OperationTypePlan",
});
async function ask(method: string, body?: string, query = "", password = "hunter2"): Promise<[number, string]> {
  const authorization = `Basic ${Buffer.from(`factory:${password}`).toString("base64")}`;
  const init = { method, headers: { authorization }, ...(body !== undefined && { body }) };
  const answer = await fetch(`${environment["TF_HTTP_ADDRESS"]}${query}`, init);
  return [answer.status, await answer.text()];
}

test("Terraform is told address and password by its environment", () => {
  expect(environment).toEqual({
    TF_HTTP_ADDRESS: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) as string,
    TF_HTTP_LOCK_ADDRESS: environment["TF_HTTP_ADDRESS"],
    TF_HTTP_UNLOCK_ADDRESS: environment["TF_HTTP_ADDRESS"],
    TF_HTTP_USERNAME: "factory",
    TF_HTTP_PASSWORD: "hunter2",
  });
});

test("nobody else on this machine reads or writes", async () => {
  expect(await ask("GET", undefined, "", "guess")).toEqual([401, ""]);
  expect(await ask("POST", "{}", "", "guess")).toEqual([401, ""]);
  expect(cloud.seen).toEqual([]);
});

test("reads, locks, writes under the lock, unlocks", async () => {
  expect(await ask("GET")).toEqual([404, ""]);
  expect(await ask("LOCK", lock)).toEqual([200, ""]);
  expect(await ask("POST", "{}", "?ID=1")).toEqual([200, ""]);
  expect(await ask("UNLOCK", lock)).toEqual([200, ""]);
  expect(await ask("GET")).toEqual([200, "{}"]);
  expect(told).toEqual([]);
});

test("a lock that is held is refused, and one line says by whom and what to do", async () => {
  await ask("LOCK", lock);
  const [status, holder] = await ask("LOCK", lock.replace('"1"', '"2"').replace("me", "you"));
  expect([status, JSON.parse(holder)]).toEqual([423, JSON.parse(lock)]);
  expect(told).toEqual([
    "the state of stack factory is locked by me@host since 2026-01-01T00:00:00Z (plan); wait for it, or if that process is gone: npx factory state unlock factory 1",
  ]);
  expect(await ask("UNLOCK", lock.replace('"1"', '"2"'))).toEqual([409, ""]);
});

test("without a body whatever lock there is goes: that is how Terraform forces it", async () => {
  await ask("LOCK", lock);
  expect((await ask("UNLOCK", ""))[0]).toBe(200);
  expect((await ask("LOCK", lock.replace('"1"', '"2"')))[0]).toBe(200);
});

test("what Swift has against it is told in one line, and Terraform does not go on trying", async () => {
  cloud.on("GET /v1/AUTH_p1/states/demo/factory.tfstate", { status: 403, text: "Forbidden" });
  expect((await ask("GET"))[0]).toBe(424);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/403/);
  expect((await ask("DELETE"))[0]).toBe(405);
});
