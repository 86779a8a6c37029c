import { unmetIn } from "../../../deployer/unmet";
import type { BuildEvent, EventState } from "../../../model/events";
import { HOST_STAGES, type StageName } from "../../../model/stages";

const build = "debian-12-202601010000-0001";
const now = new Date("2026-01-01T01:00:00.000Z");
let second = 0;
beforeEach(() => (second = 0));
const event = (stage: StageName, state: EventState, data?: BuildEvent["data"]): BuildEvent => ({
  time: new Date(Date.UTC(2026, 0, 1) + ++second * 1000).toISOString(),
  build,
  stage,
  state,
  ...(data && { data }),
});
/** The share, with a runner that gave a sign of life just now. */
const unmet = (events: readonly BuildEvent[]) =>
  unmetIn(
    {
      readLease: () =>
        Promise.resolve({ lease: undefined, heartbeat: { build, text: JSON.stringify({ build, time: now }) }, now }),
    },
    { image: "debian-12", build, events: { "host.jsonl": events } },
    { from: "sign" },
  );
const failedTest = (): BuildEvent[] => [
  ...HOST_STAGES.slice(0, 5).map(({ name }) => event(name, "succeeded")),
  event("test", "started"),
  event("test", "failed"),
];

test("a stage that failed has not succeeded, however fresh the runner's last sign of life is", async () => {
  const tidied = [...failedTest(), event("clean-up", "started"), event("clean-up", "skipped")];
  await expect(unmet(tidied)).resolves.toContain("--from sign: stage");
  await expect(unmet(tidied)).resolves.toContain("9 test");
});

test("a runner at work may still do what is needed", async () => {
  await expect(unmet(failedTest().slice(0, 6))).resolves.toBeUndefined();
  await expect(unmet([...failedTest(), event("clean-up", "started")])).resolves.toBeUndefined();
  const again = [
    ...failedTest(),
    event("clean-up", "skipped"),
    event("add-agent", "succeeded", { selection: { from: "test" } }),
  ];
  await expect(unmet(again)).resolves.toBeUndefined();
});
