/** The publisher killed by SIGKILL at each request that changes something, and started again: on two real regions. */
import { readdirSync } from "node:fs";
import type { Asked } from "../../support/fault-proxy";
import { IMAGE, type Built } from "../../support/build-team";
import { Production } from "../../support/production";
import { say } from "../../support/say";
import { changeText, killedAt, SeenChanges, type Moment } from "./killed";
import { all, brokenRules, lookAt } from "./outside";
import { FaultTable } from "./table";

const production = new Production({ proxied: true, publish: { approval: "automatic" } });
const table = new FaultTable("The publisher is killed (SIGKILL)");
let minute = 0;
let current: Built;
let former: Built;
beforeAll(async () => {
  await production.start();
  await released();
  await released();
});
afterAll(async () => {
  table.tell();
  await production.end();
});

const build = (): Promise<Built> => production.team.built((minute += 1));

async function released(): Promise<void> {
  const next = await build();
  const { code, output } = await production.factory("publish", next.build);
  expect([code, output]).toEqual([0, expect.stringContaining("in RegionOne, RegionTwo")]);
  settle(next);
}

function settle(next: Built): void {
  former = current;
  current = next;
}

interface Chain {
  readonly words: readonly string[];
  /** What was seen after each kill; empty: all in order. */
  readonly rules: () => Promise<readonly string[]>;
}

/** The same command again and again, killed at each change that was not there before, by turns before and after it. */
async function killedAtEach({ words, rules }: Chain): Promise<number> {
  const changes = new SeenChanges();
  const broken: string[] = [];
  for (let count = 0; count < 200; count++) {
    const moment: Moment = count % 2 === 0 ? "before" : "after";
    const { killedAt: at, result } = await killedAt(production, words, (asked) => changes.isNew(asked), moment);
    if (at) say(`killed ${moment} ${changeText(at)}`);
    else {
      expect([result.code, result.output, broken]).toEqual([0, expect.anything(), []]);
      return count;
    }
    broken.push(...(await rules()).map((line) => `${moment} ${changeText(at)}: ${line}`));
  }
  throw new Error(`${words.join(" ")}: does not come to an end`);
}

test("publishing, killed at each of its changes, one after the other", async () => {
  const next = await build();
  const from = current.build;
  const rules = async (): Promise<string[]> => brokenRules(await lookAt(production), from, next.build);
  const count = await killedAtEach({ words: ["publish", next.build], rules });
  expect(count).toBeGreaterThan(30);
  expect(await lookAt(production)).toEqual(all(next.build));
  expect(await production.records("published", next.build)).toBe(1);
  table.row(
    `publish: at each of ${count} changes, started again each time`,
    "old release, or the new one in all regions",
    "new release everywhere",
  );
  settle(next);
});

const image = (way: string, text: RegExp) => (asked: Asked) =>
  asked.way === way && asked.service === "image" && text.test(asked.body.toString());
const object = (text: RegExp) => (asked: Asked) => asked.method === "PUT" && text.test(asked.path);

test.each<[string, Moment, (asked: Asked) => boolean, "old" | "both" | "new"]>([
  ["when nothing has been done", "before", () => true, "old"],
  ["when the plan is written", "after", object(/\.factory\/plans\//), "old"],
  ["when one region has it, hidden", "after", image("RegionOne", /"\/visibility"/), "old"],
  ["when one region shows it", "after", image("RegionOne", /"\/os_hidden","value":false/), "old"],
  ["when all regions show it", "after", image("RegionTwo", /"\/os_hidden","value":false/), "old"],
  ["when the former one has stepped back in one region", "after", image("RegionOne", / prev"/), "old"],
  ["when the catalogue is written, the first page is not", "after", object(/\/catalogue\.json$/), "both"],
  ["when it is recorded", "before", object(/\/records\//), "new"],
])("publishing, once, %s", async (name, moment, at, tells) => {
  const next = await build();
  // Records are written before the plan, too: what is meant is the one that comes last.
  const isLast = (asked: Asked): boolean => at(asked) && (tells !== "new" || asked.body.length > 0);
  let skipped = tells === "new" ? 2 : 0;
  const { killedAt: hit } = await killedAt(
    production,
    ["publish", next.build],
    (asked) => isLast(asked) && skipped-- <= 0,
    moment,
  );
  const seen = await lookAt(production);
  expect([hit && name, brokenRules(seen, current.build, next.build)]).toEqual([name, []]);
  const told = new Set(Object.values<string | null>({ ...seen.told }));
  if (tells !== "both") expect([...told]).toEqual([tells === "old" ? current.build : next.build]);
  const again = await production.factory("publish", next.build);
  expect([again.code, await lookAt(production)]).toEqual([0, all(next.build)]);
  const found = Object.entries(seen.found).map(([region, builds]) => `${region} ${builds.length}`);
  table.row(`publish: once, ${name}`, `tell: ${tells}; visible: ${found.join(", ")}`, "new release everywhere");
  settle(next);
});

test("rolling back, killed at each of its changes", async () => {
  const [from, to] = [current.build, former.build];
  const rules = async (): Promise<string[]> => brokenRules(await lookAt(production), from, to);
  const count = await killedAtEach({ words: ["rollback", IMAGE, "--to", to], rules });
  expect(await lookAt(production)).toEqual(all(to));
  table.row(
    `rollback: at each of ${count} changes`,
    "old release, or the one gone back to in all regions",
    "gone back everywhere",
  );
  settle(former);
});

test("revoking, killed at each of its changes", async () => {
  await released();
  const { build: bad } = current;
  const rules = async (): Promise<string[]> => {
    const { found, told } = await lookAt(production);
    const others = [...Object.values(found).flat(), ...Object.values<string | null>({ ...told })].filter(
      (one) => one !== null && one !== bad,
    );
    return others.map((one) => `${one ?? ""} is named`);
  };
  const count = await killedAtEach({ words: ["revoke", bad, "--reason", "a hole"], rules });
  expect(await lookAt(production)).toEqual(all(null));
  expect(await production.records("revoked", bad)).toBe(1);
  expect(await production.released("catalogue.json")).toContain("a hole");
  table.row(`revoke: at each of ${count} changes`, "the release or none; no other", "withdrawn everywhere");
});

test("nothing of the killed ones is left: no key, no agent, no file", () => {
  expect(readdirSync(production.file("run"))).toEqual([]);
  expect(readdirSync(production.file("tmp"))).toEqual([]);
});
