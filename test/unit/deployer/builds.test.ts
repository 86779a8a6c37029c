import { listBuilds, showBuild } from "../../../deployer/builds";
import type { Store, StoredBuild } from "../../../deployer/store";
import type { BuildEvent } from "../../../model/events";

const BUILD = "debian-12-202601011200-0001";
const NOW = new Date("2026-01-01T12:10:00Z");
const event = (time: string, state: BuildEvent["state"], stage: BuildEvent["stage"] = "checkout"): BuildEvent => ({
  time: `2026-01-01T12:${time}.000Z`,
  build: BUILD,
  stage,
  state,
});

/** The share with at most one build on it. */
const store = (events: readonly BuildEvent[], beat?: { readonly build: string; readonly time: string }): Store => {
  const stored: StoredBuild = {
    image: "debian-12",
    build: BUILD,
    events: events.length === 0 ? {} : { "host.jsonl": events },
  };
  return {
    readBuild: () => Promise.resolve(stored),
    listBuilds: (image: string) => Promise.resolve(image === "debian-12" && events.length > 0 ? [stored] : []),
    readLease: () =>
      Promise.resolve({
        lease: undefined,
        heartbeat: beat && { build: beat.build, text: JSON.stringify(beat) },
        now: NOW,
      }),
  } as unknown as Store;
};
const RUNNING = [event("00:00", "started")];

test("a build by its id or the newest of an image", async () => {
  expect((await showBuild(store(RUNNING), BUILD)).build).toBe(BUILD);
  expect((await showBuild(store(RUNNING), "debian-12")).build).toBe(BUILD);
});

test.each([BUILD, "debian-13"])("fails when the share knows no %s", async (name) => {
  await expect(showBuild(store([]), name)).rejects.toThrow(`the share knows no build ${name}; factory build list`);
});

test("what runs is shown until now by the share's clock, as long as its runner lives", async () => {
  const beat = { build: BUILD, time: "2026-01-01T12:09:50Z" };
  const { silentSeconds, timeline } = await showBuild(store(RUNNING, beat), BUILD);
  expect([silentSeconds, timeline.working]).toEqual([10, 600]);
  expect((await listBuilds(store(RUNNING, beat), "debian-12", 10)).map(({ seconds }) => seconds)).toEqual([600]);
});

test("without a sign of life it is shown until its last event; another build's counts for nothing", async () => {
  const events = [...RUNNING, event("01:00", "progress")];
  const beat = { build: "debian-12-202601011100-0009", time: "2026-01-01T12:09:50Z" };
  const { silentSeconds, timeline } = await showBuild(store(events, beat), BUILD);
  expect([silentSeconds, timeline.working]).toEqual([undefined, 60]);
});

test("before its runner is there a build that runs needs none", async () => {
  const { timeline } = await showBuild(store([event("00:00", "started", "initialise")]), BUILD);
  expect(timeline.working).toBe(600);
});

test("a build that has ended is not asked for signs of life", async () => {
  const ended = store([...RUNNING, event("01:00", "failed")]);
  const { state, silentSeconds } = await showBuild(
    { ...ended, readLease: () => Promise.reject(new Error("no")) } as unknown as Store,
    BUILD,
  );
  expect([state, silentSeconds]).toEqual(["failed", undefined]);
});
