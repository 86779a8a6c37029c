import { Command, CommanderError } from "commander";
import { addPublisherCommands } from "../../../publisher/commands";
import { append, readLedger } from "../../../publisher/ledger";
import { publish } from "../../../publisher/publish";
import { recordName } from "../../../model/release-record";
import { build, World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

class Ended extends Error {
  constructor(readonly status: number) {
    super();
  }
}

/** Exit status, 2 for a mistake in the command line, and what was said on standard error. */
async function factory(...words: string[]): Promise<{ readonly status: number; readonly told: string }> {
  let told = "";
  const program = new Command("factory").exitOverride().configureOutput({ writeErr: (text) => (told += text) });
  addPublisherCommands(program, {
    run: (work) => work(world.publisher()),
    say: (line) => world.said.push(line),
    exit: (status) => {
      throw new Ended(status);
    },
  });
  try {
    await program.parseAsync(words, { from: "user" });
    return { status: 0, told };
  } catch (error) {
    if (error instanceof Ended) return { status: error.status, told };
    if (error instanceof CommanderError) return { status: 2, told };
    throw error;
  }
}

test.each([
  [["publish", "refuse", build(0), "--reason", ""], "say why"],
  [["revoke", build(0), "--reason", " \t"], "say why"],
  [["publish", "--abandon", "", build(0)], "say why"],
  [["revoke", build(0), "--reason", "one\ntwo"], "one line without control characters"],
  [["publish", "nosuch"], '"nosuch" is no build'],
  [["publish", "--abandon", "x", "nosuch"], '"nosuch" is no build'],
])("%j is told in a line, and nothing is changed", async (words, line) => {
  world.built(0);
  const { status, told } = await factory(...words);
  expect([status, told]).toEqual([2, expect.stringContaining(line)]);
  expect(world.effects).toEqual([]);
});

test("a reason is kept without the blanks around it", async () => {
  world.built(0);
  expect(await factory("publish", "refuse", build(0), "--reason", "  bad kernel ")).toMatchObject({ status: 0 });
  const { records } = await readLedger(world.publisher(), "debian-12");
  expect(records.at(-1)).toMatchObject({ kind: "refused", reason: "bad kernel" });
});

test("several builds are taken one by one, none means all", async () => {
  for (const index of [0, 1]) world.built(index);
  expect(await factory("publish", build(0), build(1))).toMatchObject({ status: 0 });
  expect(world.told().catalogue).toBe(build(1));
  expect(await factory("publish")).toMatchObject({ status: 0 });
  expect(world.said.at(-1)).toBe("nothing waits for publication");
});

test("no record is signed that could not be read again", async () => {
  const ledger = await readLedger(world.publisher(), "debian-12");
  const record = { kind: "refused", build: build(0), at: world.now.toISOString(), by: "x", reason: "" } as const;
  await expect(append(world.publisher(), ledger, record)).rejects.toThrow("is no release record: reason");
  expect(world.effects).toEqual([]);
});

describe("records of one image that are not to be believed", () => {
  const other = build(1).replace("debian-12", "debian-13");
  beforeEach(async () => {
    world.built(0);
    await publish(world.publisher(), build(0), false);
    world.built(1);
    world.release.objects.set(recordName("debian-13", 1), Buffer.from("{}"));
    world.requests.objects.set(`${other}.json`, Buffer.from("{}"));
  });

  test("keep no other one from being published; they are told, with status 1", async () => {
    expect(await factory("publish")).toMatchObject({ status: 1 });
    expect(world.said.join("\n")).toMatch(/^debian-13: records\/debian-13\/000001.json: /m);
    expect(world.told().catalogue).toBe(build(1));
  });

  test("keep no other one from being listed", async () => {
    expect(await factory("publish", "list")).toMatchObject({ status: 1 });
    expect(world.said.slice(-4)).toEqual([
      expect.stringContaining(`${build(0)}  published`),
      expect.stringContaining(`${build(1)}  new`),
      `debian-12: current is ${build(0)}`,
      expect.stringContaining("debian-13: records/debian-13/000001.json: "),
    ]);
  });

  test("keep no queued revocation of another one", async () => {
    world.release.objects.set(`.factory/revocations/${other}.json`, Buffer.from("{}"));
    world.two.down = true;
    await factory("revoke", build(0), "--reason", "bad");
    world.two.down = false;
    expect(await factory("publish")).toMatchObject({ status: 1 });
    expect(await world.release.list(".factory/revocations/")).toEqual([`.factory/revocations/${other}.json`]);
  });
});

test("after a revocation, the way back is told only where customers have none and there is one", async () => {
  for (const index of [0, 1]) {
    world.built(index);
    await publish(world.publisher(), build(index), false);
  }
  const hints = (): string[] => world.said.filter((line) => line.includes("factory rollback"));
  world.built(2);
  await factory("publish", build(2));
  await factory("revoke", build(1), "--reason", "bad");
  expect(hints()).toEqual([]);
  await factory("revoke", "debian-12", "--reason", "bad");
  expect(hints()).toEqual([`  to give customers ${build(0)} again: factory rollback debian-12`]);
  world.said.length = 0;
  await factory("revoke", build(0), "--reason", "bad");
  expect(hints()).toEqual([]);
});

test("a dry run says that approval is missing", async () => {
  world.built(0);
  const policy = { ...world.publisher().policy, approval: "person" } as const;
  await publish(world.publisher({ policy }), build(0), true);
  expect(world.said[0]).toBe(`${build(0)}: waits for approval; once it is approved, and as things are now:`);
});

test("an approval is recorded once, and a key that counts for nothing is told", async () => {
  world.built(0);
  await factory("publish", "approve", build(0));
  const count = world.effects.length;
  await factory("publish", "approve", build(0));
  expect(world.effects).toHaveLength(count);
  expect(world.said.at(-1)).toContain("is approved already");
  await expect(factory("publish", "approve", build(0), "--key", "A".repeat(40))).rejects.toThrow("leave --key out");
});

test.each([[["rollback", "debian-21"]], [["revoke", "debian-21", "--reason", "x"]]])(
  "%j: an image that nobody knows is told with those that there are",
  async (words) => {
    world.built(0);
    await publish(world.publisher(), build(0), false);
    await expect(factory(...words)).rejects.toThrow(
      "nobody has asked to publish an image of this name; there are: debian-12",
    );
  },
);
