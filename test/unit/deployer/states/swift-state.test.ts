import { SwiftState, type LockInfo } from "../../../../deployer/states/swift-state";
import { CloudServer } from "../../openstack/cloud-server";
import { Objects } from "./objects";

const lock = (who: string): LockInfo => ({
  ID: `id-of-${who}`,
  Who: `${who}@host`,
  Created: "2026-01-01T00:00:00.123Z",
  Operation: "OperationTypeApply",
});

let cloud: CloudServer;
let objects: Objects;
let one: SwiftState;
let two: SwiftState;

beforeEach(async () => {
  cloud = await CloudServer.start();
  objects = new Objects(cloud, ["states/demo/factory.tfstate", "states-locks/demo/factory"]);
  const options = { container: "states", name: "demo/factory", settle: 1000 };
  // One token for both: the server knows the last one only.
  const session = cloud.session();
  one = new SwiftState(session, options);
  two = new SwiftState(session, options);
});
afterEach(() => cloud.stop());

test("a state that is not there is none, and what was written is read, from the newest copy", async () => {
  expect(await one.read()).toBeUndefined();
  await one.write(Buffer.from("{}"), undefined);
  expect((await two.read())?.toString()).toBe("{}");
  const reads = cloud.calls("GET /v1/AUTH_p1/states/demo/factory.tfstate");
  expect(reads.map(({ headers }) => headers["x-newest"])).toEqual(["true", "true"]);
});

test("the second is told who holds the lock, and gets it once it is free", async () => {
  expect(await one.lock(lock("first"))).toBeUndefined();
  expect(await two.lock(lock("second"))).toMatchObject({ Who: "first@host" });
  expect(await two.unlock("id-of-second")).toBe(false);
  expect(await one.unlock("id-of-first")).toBe(true);
  expect(await two.lock(lock("second"))).toBeUndefined();
});

test("of two that were both told that their lock was stored, one has it", async () => {
  objects.blind = 1;
  const both = await Promise.all([one.lock(lock("first")), two.lock(lock("second"))]);
  expect(objects.blind).toBe(0);
  expect(both.filter((holder) => holder === undefined)).toHaveLength(1);
  const winner = (await one.holder())?.Who;
  expect(both.find((holder) => holder !== undefined)?.Who).toBe(winner);
});

test("a state is not written under a lock that was taken away", async () => {
  await one.lock(lock("first"));
  await one.write(Buffer.from("1"), "id-of-first");
  await two.unlock(undefined);
  await expect(one.write(Buffer.from("2"), "id-of-first")).rejects.toThrow(/its lock was taken away \(it is free\)/);
  await two.lock(lock("second"));
  await expect(one.write(Buffer.from("2"), "id-of-first")).rejects.toThrow(
    "its lock was taken away (second@host since 2026-01-01T00:00:00Z (apply))",
  );
  expect((await one.read())?.toString()).toBe("1");
});

test("a storage that is slower than the settling time gives no lock", async () => {
  const slow = new SwiftState(cloud.session(), { container: "states", name: "demo/factory", settle: 0 });
  await expect(slow.lock(lock("first"))).rejects.toThrow("too slow to lock it");
  expect(await slow.holder()).toBeUndefined();
});

test("to unlock what is free is no mistake; a lock that is no lock is told", async () => {
  expect(await one.unlock("any")).toBe(true);
  objects.content.set("/v1/AUTH_p1/states-locks/demo/factory", "?");
  await expect(one.holder()).rejects.toThrow("is no lock of Terraform's");
});
