/** The scheduler with stages in memory; the whole program is tested in runner.test.ts. */
import type { BuildEvent } from "../../../../model/events";
import { parseSelection, stageRoles, type SelectionWords } from "../../../../model/stage-selection";
import { HOST_STAGES, type StageName } from "../../../../model/stages";
import { runBuild, type BuildRun } from "../../../../stages/lib/run-build";
import type { HostStage, StageContext, StageResult } from "../../../../stages/lib/stage";
import type { StageLog } from "../../../../stages/lib/stage-log";

type Behaviour = Partial<Record<StageName, Partial<Pick<HostStage, "run" | "upToDate">>>>;

const LOG: StageLog = {
  line: () => undefined,
  step: (_, work) => work(),
  steps: [],
  flush: () => Promise.resolve(),
};
const yes = (): Promise<boolean> => Promise.resolve(true);
const no = (): Promise<boolean> => Promise.resolve(false);

/** A build of which everything has succeeded. */
const ALL_DONE: readonly BuildEvent[] = HOST_STAGES.map(({ name }) => ({
  time: "2026-01-01T00:00:00.000Z",
  build: "b",
  stage: name,
  state: "succeeded",
}));

async function build(behaviour: Behaviour, more: Partial<BuildRun> = {}) {
  const ran: StageName[] = [];
  const events: BuildEvent[] = [];
  const implementation = (name: StageName): HostStage => ({
    name,
    upToDate: yes,
    ...behaviour[name],
    run: (context) => {
      ran.push(name);
      return behaviour[name]?.run?.(context) ?? Promise.resolve({});
    },
  });
  const outcome = await runBuild({
    build: "b",
    runner: "sha",
    stages: HOST_STAGES.map((stage) => ({ ...stage, implementation: implementation(stage.name) })),
    history: [],
    events: { append: (event) => Promise.resolve(void events.push(event)), close: () => Promise.resolve() },
    timeout: () => 60,
    context: (_, tools) => ({ ...tools }) as unknown as StageContext,
    openLog: () => LOG,
    print: () => undefined,
    signal: new AbortController().signal,
    ...more,
  });
  const last = (stage: StageName): BuildEvent | undefined => events.findLast((event) => event.stage === stage);
  return { ran, events, outcome, last };
}

const asked = (words: SelectionWords): Pick<BuildRun, "role"> => {
  const roles = stageRoles(parseSelection(words));
  return { role: (stage) => roles.get(stage) ?? "left out" };
};

describe("a part of a build", () => {
  test("until a stage: nothing else is started or told", async () => {
    const { ran, events, outcome } = await build({}, asked({ until: "register" }));
    expect(ran).toEqual(["checkout", "configure-host", "prepare", "build-image", "register"]);
    expect(new Set(events.map(({ stage }) => stage))).toEqual(new Set(ran));
    expect(outcome.failed).toEqual([]);
  });

  test("from a stage: it and what follows run although their results are right, what came before does not", async () => {
    const { ran } = await build({}, { ...asked({ from: "sign" }), history: ALL_DONE });
    expect(ran).toEqual(["sign", "request-publication", "clean-up"]);
  });

  test("only one stage: it runs again, what it needs is looked at", async () => {
    const upToDate = jest.fn(yes);
    const { ran } = await build({ register: { upToDate } }, { ...asked({ only: "test" }), history: ALL_DONE });
    expect(ran).toEqual(["test"]);
    expect(upToDate).toHaveBeenCalled();
  });

  test("only one stage whose needs' results are gone: it fails there, and makes nothing again", async () => {
    const { ran, outcome } = await build(
      { register: { upToDate: no } },
      { ...asked({ only: "test" }), history: ALL_DONE },
    );
    expect(ran).toEqual([]);
    expect(outcome.failed).toEqual([
      { stage: "register", message: expect.stringContaining("gone or no longer right") as string },
    ]);
  });

  test("what failed and must be there keeps its own failure", async () => {
    const failure = { ...ALL_DONE[0], stage: "test", state: "failed", message: "checks: no such user" } as BuildEvent;
    const { ran, last, outcome } = await build({}, { ...asked({ from: "sign" }), history: [...ALL_DONE, failure] });
    expect(ran).not.toContain("sign");
    expect(outcome.failed).toMatchObject([{ stage: "test" }]);
    expect(last("test")).toBeUndefined();
  });

  test("a result that no stage can look at is believed where it must be there", async () => {
    const behaviour = { "request-publication": { upToDate: undefined } } as unknown as Behaviour;
    const { ran } = await build(behaviour, { ...asked({ only: "clean-up" }), history: ALL_DONE });
    expect(ran).toEqual(["clean-up"]);
  });

  test("nothing has changed: all of the build is over, whatever part of it was asked for", async () => {
    const endsBuild = "no change";
    const { ran, last, outcome } = await build(
      { checkout: { run: () => Promise.resolve({ endsBuild }) } },
      asked({ until: "register" }),
    );
    expect(ran).toEqual(["checkout", "clean-up"]);
    expect(last("sign")).toMatchObject({ state: "skipped", message: "no change" });
    expect(outcome.ended).toBe("no change");
  });
});

describe("a stage that does not heed its signal", () => {
  const forever = (): Promise<StageResult> => new Promise(() => undefined);

  test("is left behind some time after its own has run out; the build fails", async () => {
    const { outcome, last } = await build({ register: { run: forever } }, { timeout: () => 0.05, stopsWithin: 0.05 });
    expect(outcome.leftBehind).toBe(true);
    expect(last("register")).toMatchObject({
      state: "failed",
      message: "took longer than 0.05 s; it did not stop within 0.05 s and was left behind",
    });
  });

  test("is left behind when the runner is to stop", async () => {
    const stop = new AbortController();
    const run = (): Promise<StageResult> => {
      stop.abort(new Error("stopped"));
      return forever();
    };
    const { outcome } = await build({ prepare: { run } }, { signal: stop.signal, stopsWithin: 0.05 });
    expect(outcome.failed).toMatchObject([
      { stage: "prepare", message: expect.stringMatching(/^stopped; it did not stop/) as string },
    ]);
    expect(outcome.leftBehind).toBe(true);
  });

  test("one that stops in time is not", async () => {
    const run = ({ signal }: StageContext): Promise<StageResult> =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("ended"))));
    const { outcome } = await build({ register: { run } }, { timeout: () => 0.05, stopsWithin: 5 });
    expect(outcome.leftBehind).toBe(false);
    expect(outcome.failed).toEqual([{ stage: "register", message: "took longer than 0.05 s" }]);
  });
});
