/** The stages of the deploying side, and the journal that tells of them. */
import { Journal } from "../../../deployer/journal";
import type { BuildEvent } from "../../../model/events";
import { addAgent } from "../../../stages/add-agent";
import { destroyBuildHost } from "../../../stages/destroy-build-host";
import { initialise, type ChecksFailed } from "../../../stages/initialise";
import { spawnBuildHost } from "../../../stages/spawn-build-host";

const giving =
  <T>(value: T) =>
  (): Promise<T> =>
    Promise.resolve(value);
const none = giving(undefined);
const check = (name: string, ...problems: string[]) => ({ name, run: giving(problems) });

describe("initialise", () => {
  test("tells what it looked at", async () => {
    const { message } = await initialise({ takeLease: none, checks: [check("quota"), check("clocks")] });
    expect(message).toBe("all is well: quota, clocks");
  });

  test("tells everything that is wrong, each once, whether a check found it or broke on it", async () => {
    const broken = { name: "c", run: () => Promise.reject(new Error("one\ntwo")) };
    const failure = await initialise({
      takeLease: none,
      checks: [check("a", "quota"), check("b", "two"), broken],
    }).catch((error: ChecksFailed) => error);
    expect((failure as ChecksFailed).problems).toEqual(["quota", "two", "one"]);
  });

  test("a lease that somebody holds is told alone, before anything is looked at", async () => {
    const run = jest.fn(giving(["quota"]));
    const failure = initialise({ takeLease: giving("being built by alice"), checks: [{ name: "a", run }] });
    await expect(failure).rejects.toThrow(/^being built by alice$/);
    expect(run).not.toHaveBeenCalled();
  });

  test("a share that can't be reached is one problem among the others", async () => {
    const takeLease = (): Promise<undefined> => Promise.reject(new Error("ssh: nobody there"));
    await expect(initialise({ takeLease, checks: [check("a", "quota")] })).rejects.toThrow("ssh: nobody there\nquota");
  });
});

test("spawn-build-host tells where the host is, and refuses one that does not run", () => {
  const facts = { name: "b", serverId: "id", status: "ACTIVE", address: "10.0.0.5", zone: "lxc" };
  expect(spawnBuildHost(facts)).toEqual({
    message: "b at 10.0.0.5 (zone lxc)",
    data: { server: "id", address: "10.0.0.5" },
  });
  expect(() => spawnBuildHost({ ...facts, status: "SHUTOFF" })).toThrow(
    "build host b: is SHUTOFF, not ACTIVE; start it (openstack server start id)",
  );
});

describe("add-agent", () => {
  const start = jest.fn(
    giving({
      commit: "c".repeat(40),
      dirty: true,
      runner: "sha",
      options: { force: true, skipPublish: false, debug: false },
      selection: {},
    }),
  );
  const effects = (state: "running" | "finished" | "idle") => ({
    connect: none,
    runnerState: giving(state),
    start,
  });

  beforeEach(() => start.mockClear());

  test.each(["running", "finished"] as const)(
    "a runner that is %s is not started, and gets nothing new",
    async (state) => {
      expect((await addAgent(effects(state))).state).toBe(state);
      expect(start).not.toHaveBeenCalled();
    },
  );

  test("an idle one is started; the commit is told", async () => {
    const { message, data } = await addAgent(effects("idle"));
    expect(message).toBe("runner started with recipes of commit cccccccccccc (with changes that are not committed)");
    expect(data).toMatchObject({ dirty: true });
  });
});

test("add-agent tells which part of the build was asked for", async () => {
  const start = giving({
    commit: "c".repeat(40),
    dirty: false,
    runner: "sha",
    options: { force: false, skipPublish: false, debug: false },
    selection: { until: "test" as const },
  });
  const { message, data } = await addAgent({ connect: none, runnerState: giving("idle" as const), start });
  expect(message).toBe("runner started with recipes of commit cccccccccccc: --until test");
  expect(data).toMatchObject({ selection: { until: "test" } });
});

describe("destroy-build-host", () => {
  test("counts what was left", async () => {
    const removeLeftovers = giving({ servers: 1, ports: 0 });
    expect((await destroyBuildHost({ removeLeftovers, revokeCredentials: giving(2) })).message).toBe(
      "removed what was left: 1 servers, 2 credentials",
    );
    expect((await destroyBuildHost({ removeLeftovers: giving({}), revokeCredentials: giving(0) })).message).toBe(
      "nothing was left",
    );
  });

  test("revokes the credentials though something could not be removed, and tells both failures", async () => {
    const revokeCredentials = jest.fn(() => Promise.reject(new Error("keystone")));
    const failure = destroyBuildHost({
      removeLeftovers: () => Promise.reject(new Error("ports: no")),
      revokeCredentials,
    });
    await expect(failure).rejects.toThrow("ports: no\nkeystone");
    expect(revokeCredentials).toHaveBeenCalled();
  });
});

describe("the journal", () => {
  test("keeps what was told before there was a place for it, failures in one line, of which it shows the count", async () => {
    const lines: string[] = [];
    const written: BuildEvent[] = [];
    const journal = new Journal("b", (line) => lines.push(line));
    const failing = journal.stage("initialise", async () => {
      await journal.writeTo({ append: (events) => Promise.resolve(void written.push(...events)) });
      throw new Error("one\ntwo");
    });
    await expect(failing).rejects.toThrow("one");
    expect(written.map(({ state, message }) => [state, message])).toEqual([
      ["started", undefined],
      ["failed", "one; two"],
    ]);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/ 1 initialise +failed \(0\.0 s\) 2 problems$/);
  });

  test("shows a failure of one line as it is", async () => {
    const lines: string[] = [];
    const journal = new Journal("b", (line) => lines.push(line));
    await expect(journal.stage("initialise", () => Promise.reject(new Error("one")))).rejects.toThrow("one");
    expect(lines[1]).toMatch(/failed \(0\.0 s\) one$/);
  });

  test("a share that is lost does not hide why the stage failed", async () => {
    const journal = new Journal("b", () => undefined);
    const work = async () => {
      await journal.writeTo({ append: () => Promise.reject(new Error("share")) }).catch(() => undefined);
      throw new Error("the reason");
    };
    await expect(journal.stage("test", work)).rejects.toThrow("the reason");
  });
});
