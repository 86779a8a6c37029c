import { setTimeout as sleep } from "node:timers/promises";
import { whileSpace } from "../../../../stages/lib/space-watch";

const MIB = 1024 ** 2;
const never = new AbortController().signal;
const watch = (free: () => number): Parameters<typeof whileSpace>[0] => ({
  directory: "/srv/scratch",
  least: 100 * MIB,
  remedy: "raise nodes.buildHost.scratchGiB",
  signal: never,
  interval: 5,
  free: async () => Promise.resolve(free()),
});

/** Works until it is told to stop. */
async function busy(signal: AbortSignal): Promise<void> {
  await sleep(5000, undefined, { signal }).catch(() => {
    throw new Error("tar: write error");
  });
}

test("work with space is let work; the least that was free is told", async () => {
  const left = [300 * MIB, 200 * MIB, 250 * MIB];
  let look = 0;
  const done = await whileSpace(
    watch(() => left[look++] ?? 250 * MIB),
    async () => sleep(40),
  );
  expect(done).toBe(200 * MIB);
});

test("fails when the disk gets full, before it is, and says what to do", async () => {
  let left = 500 * MIB;
  const work = whileSpace(
    watch(() => (left -= 100 * MIB)),
    busy,
  );
  await expect(work).rejects.toThrow(
    /^\d+ MiB are left of \/srv\/scratch, 100 have to be; raise nodes\.buildHost\.scratchGiB$/,
  );
});

test("fails before the work when there is no space at all", async () => {
  const work = jest.fn();
  await expect(
    whileSpace(
      watch(() => MIB),
      work,
    ),
  ).rejects.toThrow("1 MiB are left");
  expect(work).not.toHaveBeenCalled();
});

test("another failure is that of the work", async () => {
  const work = async (): Promise<void> => Promise.reject(new Error("no such element"));
  await expect(
    whileSpace(
      watch(() => 500 * MIB),
      work,
    ),
  ).rejects.toThrow("no such element");
});

test("the stage's own end reaches the work", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("out of time")), 10);
  const work = whileSpace({ ...watch(() => 500 * MIB), signal: stop.signal }, async (signal) => {
    await busy(signal).catch(() => {
      throw signal.reason;
    });
  });
  await expect(work).rejects.toThrow("out of time");
});
