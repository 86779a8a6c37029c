import { abandon } from "../../../publisher/finish";
import { openPlan } from "../../../publisher/plans";
import { publish } from "../../../publisher/publish";
import { revoke } from "../../../publisher/revoke";
import { build, imageId, Killed, World, type GlanceDouble } from "./world";

let world: World;
beforeEach(async () => {
  world = new World();
  for (const index of [0, 1]) world.built(index);
  await publish(world.publisher(), build(0), false);
});
afterEach(() => world.end());

const OLD = { RegionOne: [build(0)], RegionTwo: [build(0)] };
const NEW = { RegionOne: [build(1)], RegionTwo: [build(1)] };

/** The publisher is at work when `region` goes down: just before its change that `at` matches. */
async function downAt(region: GlanceDouble, at: RegExp): Promise<void> {
  const change = region.change;
  const double = Object.assign(Object.create(region) as GlanceDouble, {
    change: async (...args: Parameters<typeof change>) => {
      if (at.test(JSON.stringify(args[1]))) region.down = true;
      return change(...args);
    },
  });
  const regions = [world.one, world.two].map((one) => (one === region ? double : one));
  await expect(publish(world.publisher({ regions }), build(1), false)).rejects.toThrow(`${region.name}: no answer`);
}

describe("a region goes down in the middle", () => {
  test.each([
    ["before anything is visible", /"visibility"/],
    ["when the new release is to be shown there", /"name":"debian-12"/],
    ["when the old one is to step back there", /debian-12 prev/],
  ])("%s: catalogue and page name the old release; then every region has the new one", async (_, at) => {
    await downAt(world.two, at);
    expect(world.told()).toEqual({ catalogue: build(0), page: build(0) });
    expect(Object.values(world.customersFind()).every((found) => found.length > 0)).toBe(true);
    await expect(publish(world.publisher(), build(1), false)).rejects.toThrow("RegionTwo: no answer");
    world.two.down = false;
    expect(await publish(world.publisher(), build(1), false)).toBe("published");
    expect(world.customersFind()).toEqual(NEW);
    expect(world.told()).toEqual({ catalogue: build(1), page: build(1) });
  });

  test("or, when somebody says so, every region has the old one again", async () => {
    await downAt(world.two, /"name":"debian-12"/);
    world.two.down = false;
    const plan = await openPlan(world.publisher(), "debian-12");
    await abandon(world.publisher(), plan!, "the region stays down");
    expect(world.customersFind()).toEqual(OLD);
    expect(world.one.stored.get(imageId(1, 1))).toMatchObject({
      visibility: "private",
      os_hidden: false,
      name: build(1),
      img_signature: "s",
    });
    expect(world.told()).toEqual({ catalogue: build(0), page: build(0) });
    expect(await openPlan(world.publisher(), "debian-12")).toBeUndefined();
    expect(await publish(world.publisher(), build(1), false)).toBe("published");
    expect(world.customersFind()).toEqual(NEW);
  });

  test("killed at every step of taking it back: the next run ends it", async () => {
    const trial = new World();
    for (const index of [0, 1]) trial.built(index);
    await publish(trial.publisher(), build(0), false);
    const before = trial.effects.length;
    await publish(trial.publisher(), build(1), false);
    const shown = trial.effects.findIndex((one) => one.includes("RegionOne: change") && one.includes("debian-12 prev"));
    trial.end();
    for (let step = 0; ; step++) {
      const one = new World();
      for (const index of [0, 1]) one.built(index);
      await publish(one.publisher(), build(0), false);
      one.kill = { left: shown - before, after: true };
      await expect(publish(one.publisher(), build(1), false)).rejects.toThrow(Killed);
      const plan = await openPlan(one.publisher(), "debian-12");
      one.kill = { left: step, after: false };
      const ended = await abandon(one.publisher(), plan!, "no").then(
        () => true,
        () => false,
      );
      one.kill = undefined;
      if (!ended) {
        const left = await openPlan(one.publisher(), "debian-12");
        await abandon(one.publisher(), left!, "no");
      }
      expect([step, one.customersFind()]).toEqual([step, OLD]);
      one.end();
      if (ended) break;
    }
  });
});

test("an image that somebody else changed in the middle stops the work, and says which", async () => {
  await downAt(world.two, /"name":"debian-12"/);
  world.two.down = false;
  world.two.stored.get(imageId(1, 2))!.name = "mine";
  await expect(publish(world.publisher(), build(1), false)).rejects.toThrow(
    /RegionTwo: image .* was changed by somebody else meanwhile \(name is "mine"\)/,
  );
  expect(world.told()).toEqual({ catalogue: build(0), page: build(0) });
});

test("revoked in the middle, it is taken back", async () => {
  await downAt(world.two, /"name":"debian-12"/);
  world.two.down = false;
  await revoke(world.publisher(), build(1), "bad");
  await publish(world.publisher(), build(1), false);
  expect(world.customersFind()).toEqual(OLD);
  expect(world.one.stored.get(imageId(1, 1))).toMatchObject({ status: "deactivated", os_hidden: true });
});

test("the former release is revoked in the middle: it keeps that, and the new one is finished", async () => {
  await downAt(world.two, /"name":"debian-12"/);
  world.two.down = false;
  await revoke(world.publisher(), build(0), "bad");
  expect(await publish(world.publisher(), build(1), false)).toBe("published");
  expect(world.customersFind()).toEqual(NEW);
  expect(world.told()).toEqual({ catalogue: build(1), page: build(1) });
  expect(world.one.stored.get(imageId(0, 1))).toMatchObject({ status: "deactivated", os_hidden: true });
});

describe("two publishers at once", () => {
  /** One is held up at its effect that `at` matches; another does all this meanwhile. */
  async function heldAt(at: RegExp, meanwhile: () => Promise<unknown>): Promise<void> {
    let held = false;
    const wait = async (what: string): Promise<void> => {
      if (held || !at.test(what)) return;
      held = true;
      await meanwhile();
    };
    const { one, two, release } = world;
    const regions = [one, two].map((region) =>
      Object.assign(Object.create(region) as GlanceDouble, {
        change: async (...args: Parameters<typeof region.change>) => {
          await region.change(...args);
          await wait(`${region.name}: changed ${JSON.stringify(args[1])}`);
        },
      }),
    );
    const slow = Object.assign(Object.create(release) as typeof release, {
      write: async (...args: Parameters<typeof release.write>) => {
        await wait(`write ${args[0]}`);
        return release.write(...args);
      },
    });
    await publish(world.publisher({ regions, release: slow }), build(1), false).catch(() => undefined);
    expect(held).toBe(true);
  }
  const next = async (): Promise<void> => {
    world.now = new Date("2026-03-22T13:00:05Z");
    await publish(world.publisher(), build(1), false);
    world.now = new Date("2026-03-23T12:00:00Z");
    world.built(2);
    await publish(world.publisher(), build(2), false);
  };

  test.each([
    ["before it writes its plan", /write \.factory\/plans/],
    ["in the middle of it", /RegionOne: changed .*"name":"debian-12"/],
  ])("held up %s, it changes nothing of what the other one has published since", async (_, at) => {
    await heldAt(at, next);
    const newest = { RegionOne: [build(2)], RegionTwo: [build(2)] };
    expect(world.customersFind()).toEqual(newest);
    expect(await openPlan(world.publisher(), "debian-12")).toBeUndefined();
    expect(await publish(world.publisher(), build(2), false)).toBe("nothing");
  });
});

test("killed at every step of taking old ones away: the next run ends it", async () => {
  for (let step = 0; ; step++) {
    const one = new World();
    const { policy } = one.publisher();
    const more = { policy: { ...policy, keep: 2, deleteAfterDays: 0 } };
    for (const index of [0, 1, 2]) one.built(index);
    for (const index of [0, 1]) await publish(one.publisher(more), build(index), false);
    one.kill = { left: step, after: true };
    const ended = await publish(one.publisher(more), build(2), false).then(
      () => true,
      () => false,
    );
    one.kill = undefined;
    await publish(one.publisher(more), build(2), false);
    expect([step, one.customersFind()]).toEqual([step, { RegionOne: [build(2)], RegionTwo: [build(2)] }]);
    expect([...one.one.stored.keys()]).toEqual([imageId(1, 1), imageId(2, 1)]);
    expect(await openPlan(one.publisher(), "debian-12")).toBeUndefined();
    one.end();
    if (ended) break;
  }
});

test("an old one that somebody deletes in the middle is no more to be done; the new one would be", async () => {
  await downAt(world.two, /debian-12 prev/);
  world.two.down = false;
  world.two.stored.delete(imageId(0, 2));
  expect(await publish(world.publisher(), build(1), false)).toBe("published");
  expect(world.customersFind()).toEqual(NEW);
  const other = new World();
  for (const index of [0, 1]) other.built(index);
  await publish(other.publisher(), build(0), false);
  other.kill = { left: 12, after: true };
  await publish(other.publisher(), build(1), false).catch(() => undefined);
  other.kill = undefined;
  other.two.stored.delete(imageId(1, 2));
  await expect(publish(other.publisher(), build(1), false)).rejects.toThrow(/RegionTwo: image .* is gone/);
  other.end();
});

test.each<[string, (region: GlanceDouble) => void, RegExp]>([
  ["used", (region) => region.used.add(imageId(0, 2)), /is kept: something stands on it by now/],
  ["protected", (region) => (region.stored.get(imageId(0, 2))!.protected = true), /is kept: it is protected by now/],
  [
    "of which it can't be told",
    (region) => Object.assign(region, { inUse: () => Promise.resolve(undefined) }),
    /is kept: whether something stands on it can not be told/,
  ],
])("one that is %s since the plan was written is kept", async (_, happens, said) => {
  const { policy } = world.publisher();
  const more = { policy: { ...policy, keep: 2, deleteAfterDays: 0 } };
  await publish(world.publisher(more), build(1), false);
  world.built(2);
  world.kill = { left: 0, after: true };
  for (let left = 0; (await openPlan(world.publisher(), "debian-12")) === undefined; left++) {
    world.kill = { left, after: true };
    await publish(world.publisher(more), build(2), false).catch(() => undefined);
  }
  world.kill = undefined;
  happens(world.two);
  expect(await publish(world.publisher(more), build(2), false)).toBe("published");
  expect([world.one.stored.has(imageId(0, 1)), world.two.stored.has(imageId(0, 2))]).toEqual([false, true]);
  expect(world.said.join("\n")).toMatch(said);
});

test("a region that can't tell who uses its images keeps them, and that is said", async () => {
  const { policy } = world.publisher();
  const more = { policy: { ...policy, keep: 1, deleteAfterDays: 0 } };
  Object.assign(world.two, { inUse: () => Promise.resolve(undefined) });
  for (const index of [1, 2]) {
    if (index === 2) world.built(2);
    await publish(world.publisher(more), build(index), false);
  }
  expect([world.one.stored.has(imageId(0, 1)), world.two.stored.has(imageId(0, 2))]).toEqual([false, true]);
  const line = "RegionTwo: whether something stands on old images can not be told: they are kept";
  expect(world.said.filter((one) => one.includes("can not be told"))).toEqual([line]);
});

test("one that is in use is kept, and said so", async () => {
  const { policy } = world.publisher();
  const more = { policy: { ...policy, keep: 1, deleteAfterDays: 0 } };
  await publish(world.publisher(more), build(1), false);
  world.one.used.add(imageId(1, 1));
  world.now = new Date("2026-03-23T12:00:00Z");
  world.built(2);
  await publish(world.publisher(more), build(2), false);
  expect(world.one.stored.has(imageId(1, 1))).toBe(true);
  expect(world.one.stored.get(imageId(1, 1))).toMatchObject({ status: "deactivated" });
});
