import { locked } from "../../../../deployer/secrets/lock";
import type { CloudServer, Seen } from "../../openstack/cloud-server";
import { FakeBarbican } from "../../openstack/fake-barbican";

const TIMES = { expires: 3000, work: 1000, interval: 5 };
const nothing = (): Promise<undefined> => Promise.resolve(undefined);
let cloud: CloudServer;
let barbican: FakeBarbican;
beforeEach(async () => ({ cloud, barbican } = await FakeBarbican.start()));
afterEach(() => cloud.stop());

test("of many that come at once one works, and the others take its result", async () => {
  let made: string | undefined;
  let working = 0;
  const session = cloud.session();
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      locked(
        session,
        "demo-ca.lock",
        () => Promise.resolve(made),
        async () => {
          working += 1;
          await new Promise((resolve) => setTimeout(resolve, 20));
          return (made = `value ${index}`);
        },
        { ...TIMES, expires: 60_000, work: 30_000 },
      ),
    ),
  );
  expect(working).toBe(1);
  expect(new Set(results)).toEqual(new Set([made]));
  expect(barbican.names()).toEqual([]);
});

test("nothing is locked when there is nothing to do", async () => {
  expect(await locked(cloud.session(), "l", () => Promise.resolve("there"), nothing, TIMES)).toBe("there");
  expect(cloud.seen).toEqual([]);
});

test("a ticket is taken back when another one was written first but is seen last", async () => {
  let rounds = 0;
  const list = cloud.calls.bind(cloud);
  let other: string | undefined;
  const worked = locked(
    cloud.session(),
    "l",
    () => {
      // the other one appears between our first look at the tickets and our second, and goes later
      rounds += 1;
      if (rounds === 3 && other !== undefined) barbican.secrets.delete(other);
      return Promise.resolve(undefined);
    },
    () => Promise.resolve(barbican.names().length),
    TIMES,
  );
  const answer = cloud as unknown as { routes: Map<string, ((seen: Seen) => unknown)[]> };
  const post = answer.routes.get("POST /key-manager/v1/secrets")!;
  const [create] = post;
  post[0] = (seen: Seen) => {
    other ??= barbican.put("l", "another's");
    return create!(seen);
  };
  expect(await worked).toBe(1);
  expect(rounds).toBeGreaterThanOrEqual(3);
  expect(list("POST /key-manager/v1/secrets").length).toBeGreaterThanOrEqual(2);
  expect(barbican.names()).toEqual([]);
});

test("the ticket goes also when the work fails", async () => {
  const work = (): Promise<string> => Promise.reject(new Error("no luck"));
  await expect(locked(cloud.session(), "l", nothing, work, TIMES)).rejects.toThrow("no luck");
  expect(barbican.names()).toEqual([]);
});

test("a ticket ends by itself, should its holder die", async () => {
  let expiration: string | undefined;
  await locked(
    cloud.session(),
    "l",
    nothing,
    () => {
      expiration = [...barbican.secrets.values()][0]?.expiration;
      return Promise.resolve("done");
    },
    { ...TIMES, expires: 150_000 },
  );
  const seconds = (Date.parse(`${expiration!}Z`) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(140);
  expect(seconds).toBeLessThanOrEqual(150);
});

test("a lock that others never give back is told by name", async () => {
  barbican.put("demo-ca.lock", "for ever");
  const times = { expires: 30, work: 10, interval: 5 };
  await expect(locked(cloud.session(), "demo-ca.lock", nothing, nothing, times)).rejects.toThrow(
    /test: secret "demo-ca.lock" of others has been there for .* delete it when nobody deploys/,
  );
});
