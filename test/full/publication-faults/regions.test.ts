/** Regions that are down or answer half, answers that are lost, two publishers at once: on two real regions. */
import { say } from "../../support/say";
import type { Asked, Fate, Fates } from "../../support/fault-proxy";
import { IMAGE, type Built } from "../../support/build-team";
import { Production } from "../../support/production";
import { REGIONS } from "../../support/projects";
import { all, brokenRules, lookAt } from "./outside";
import { FaultTable } from "./table";

const production = new Production({ proxied: true, publish: { approval: "automatic" } });
const table = new FaultTable("Regions and publishers");
let current: Built;
let minute = 0;
beforeAll(async () => {
  await production.start();
  current = await build();
  await production.factory("publish", current.build);
});
afterAll(async () => {
  table.tell();
  await production.end();
});
beforeEach(() => production.proxy.reset());

const build = (): Promise<Built> => production.team.built((minute += 1));
const publish = async (one: Built, ...words: string[]) => production.factory("publish", ...words, one.build);

/** The new release is published, and that is what everybody sees. */
async function published(next: Built): Promise<void> {
  const { code, output } = await publish(next);
  expect([code, output]).toEqual([0, expect.anything()]);
  expect(await lookAt(production)).toEqual(all(next.build));
  expect(await production.records("published", next.build)).toBe(1);
  current = next;
}

const isChange = (region: string, text: RegExp) => (asked: Asked) =>
  asked.way === region && asked.method === "PATCH" && text.test(asked.body.toString());

/** From the first request on that this is true for, all of the region's requests go this way. */
function downFrom(region: string, when: (asked: Asked) => boolean, fate: Fate = "refuse"): Fates {
  let down = false;
  return (asked) => {
    down ||= when(asked);
    return down && asked.way === region ? fate : "pass";
  };
}

test("a region that is down from the start: nothing is changed, and it is named", async () => {
  const next = await build();
  production.proxy.reset(downFrom("RegionTwo", () => true));
  const { code, output } = await publish(next);
  expect([code, output]).toEqual([1, expect.stringContaining("RegionTwo")]);
  expect(await lookAt(production)).toEqual(all(current.build));
  expect(production.proxy.asked.filter(({ service, change }) => service === "image" && change !== undefined)).toEqual(
    [],
  );
  production.proxy.reset();
  await published(next);
  table.row("region down from the start", "exit 1, old release, nothing changed", "new release everywhere");
});

describe("down in the middle", () => {
  test.each<[string, string, RegExp, Fate]>([
    ["before the second region has it", "RegionTwo", /"\/visibility"/, "refuse"],
    ["when the second region is to show it", "RegionTwo", /"\/os_hidden","value":false/, "refuse"],
    ["when the second region is to show it (503)", "RegionTwo", /"\/os_hidden","value":false/, { status: 503 }],
    ["when the former one is to step back", "RegionOne", / prev"/, "refuse"],
  ])("%s: exit 1, again while it is down; then every region has it", async (name, region, text, fate) => {
    const next = await build();
    production.proxy.reset(downFrom(region, isChange(region, text), fate));
    for (const attempt of [1, 2]) {
      const { code, output } = await publish(next);
      expect([attempt, code, output]).toEqual([attempt, 1, expect.stringContaining(region)]);
      const seen = await lookAt(production);
      expect(brokenRules(seen, current.build, next.build)).toEqual([]);
      expect(new Set(Object.values<string | null>({ ...seen.told }))).toEqual(new Set([current.build]));
    }
    production.proxy.reset();
    await published(next);
    table.row(`region down ${name}`, "exit 1, region named; old release told", "new release everywhere");
  });

  test("and given up: every region is as it was; later the build is published after all", async () => {
    const next = await build();
    production.proxy.reset(downFrom("RegionTwo", isChange("RegionTwo", /"\/os_hidden","value":false/)));
    expect((await publish(next)).code).toBe(1);
    const gone = await publish(next, "--abandon", "RegionTwo stays down");
    expect([gone.code, gone.output]).toEqual([1, expect.stringContaining("RegionTwo")]);
    production.proxy.reset();
    const { code, output } = await publish(next, "--abandon", "RegionTwo stays down");
    expect([code, output]).toEqual([0, expect.stringContaining("every region is as it was before")]);
    expect(await lookAt(production)).toEqual(all(current.build));
    await published(next);
    table.row("--abandon after a region stays down", "exit 1 while it is down", "old release everywhere");
  });
});

describe("an answer is lost: the region has done it, and nobody heard of it", () => {
  test.each([
    ["made public", /"\/visibility"/],
    ["shown", /"\/os_hidden","value":false/],
    ["stepped back", / prev"/],
  ])("%s", async (name, text) => {
    const next = await build();
    let lost = 0;
    production.proxy.reset((asked) =>
      isChange("RegionOne", text)(asked) && lost === 0 ? { lost: () => (lost += 1) } : "pass",
    );
    const { code } = await publish(next);
    expect([code, lost]).toEqual([1, 1]);
    expect(brokenRules(await lookAt(production), current.build, next.build)).toEqual([]);
    production.proxy.reset();
    await published(next);
    table.row(`answer lost: ${name}`, "exit 1, old release told", "new release everywhere");
  });
});

describe("a listing that breaks off", () => {
  const isListing = ({ way, service, path }: Asked): boolean =>
    way === "RegionTwo" && service === "image" && path.startsWith("/v2/images?");
  const inPages =
    (last: Fate): Fates =>
    (asked) => {
      if (!isListing(asked)) return "pass";
      // The service itself gives one image a page; the second page is the one that fails.
      return asked.path.includes("marker=") ? last : { path: asked.path.replace(/\blimit=\d+/, "limit=1") };
    };

  test.each<[string, Fates]>([
    ["in the middle of an answer", (asked) => (isListing(asked) ? "cut" : "pass")],
    ["after its first page (503)", inPages({ status: 503 })],
    ["after its first page (no answer)", inPages("refuse")],
  ])("%s: nothing is changed, deactivated or deleted", async (name, fates) => {
    const next = await build();
    production.proxy.reset(fates);
    const { code, output } = await publish(next);
    expect([code, output]).toEqual([1, expect.stringContaining("RegionTwo: its images could not all be listed")]);
    const changes = production.proxy.asked.filter(({ service, change }) => service === "image" && change !== undefined);
    expect(changes).toEqual([]);
    expect(await lookAt(production)).toEqual(all(current.build));
    production.proxy.reset();
    await published(next);
    table.row(`listing breaks off ${name}`, "exit 1, no image touched", "new release everywhere");
  });

  test("in pages that all come, it is complete", async () => {
    const next = await build();
    production.proxy.reset((asked) =>
      isListing(asked) ? { path: asked.path.replace(/\blimit=\d+/, "limit=1") } : "pass",
    );
    await published(next);
  });
});

test("seen after every single change of a publication: never none, never a stranger, told when all have it", async () => {
  const next = await build();
  const broken: string[] = [];
  let two = 0;
  production.proxy.reset(async (asked): Promise<Fate> => {
    if (asked.change === undefined || (asked.service === "object-store" && asked.path.includes("/images/")))
      return "pass";
    const seen = await lookAt(production);
    two += Object.values(seen.found).filter((builds) => builds.length === 2).length;
    broken.push(
      ...brokenRules(seen, current.build, next.build).map((line) => `${asked.method} ${asked.path}: ${line}`),
    );
    return "pass";
  });
  const { code } = await publish(next);
  expect([code, broken]).toEqual([0, []]);
  expect(two).toBeGreaterThan(0);
  expect(await lookAt(production)).toEqual(all(next.build));
  table.row(
    "none, looked at after every change",
    "never none; two of the name between shown and step back",
    "new release everywhere",
  );
  current = next;
});

describe("a second publisher", () => {
  test("started at the same time: one release, one record, and nothing is left to do", async () => {
    const next = await build();
    const both = await Promise.all([publish(next), publish(next)]);
    say(`both: ${both.map(({ code }) => code ?? "none").join(", ")}`);
    expect(both.some(({ code }) => code === 0)).toBe(true);
    expect((await production.factory("publish")).code).toBe(0);
    expect(await lookAt(production)).toEqual(all(next.build));
    expect(await production.records("published", next.build)).toBe(1);
    table.row(
      "two publishers at once",
      `exit ${both.map(({ code }) => code ?? "-").join(" and ")}`,
      "new release everywhere, one record",
    );
    current = next;
  });

  test.each<[string, (asked: Asked) => boolean]>([
    ["before it writes its plan", ({ method, path }) => method === "PUT" && path.includes("/.factory/plans/")],
    ["when it has shown the new one in a region", isChange("RegionTwo", /"\/os_hidden","value":false/)],
  ])("publishes this build and the next one, while the first one is held up %s", async (name, at) => {
    const [next, after] = [await build(), await build()];
    let release = (): void => undefined;
    let reached = (): void => undefined;
    const isThere = new Promise<void>((resolve) => (reached = resolve));
    let held = false;
    production.proxy.reset(async (asked): Promise<Fate> => {
      if (held || !at(asked)) return "pass";
      held = true;
      reached();
      await new Promise<void>((resolve) => (release = resolve));
      // It comes too late for the service: what it asked for has been lost on the way.
      return asked.service === "image" ? "refuse" : "pass";
    });
    const first = publish(next);
    await isThere;
    for (const one of [next, after]) expect((await publish(one)).code).toBe(0);
    release();
    const { code } = await first;
    expect(code).toBe(1);
    expect(await lookAt(production)).toEqual(all(after.build));
    expect((await production.factory("publish")).code).toBe(0);
    expect(await lookAt(production)).toEqual(all(after.build));
    expect(await production.read("release", `.factory/plans/${IMAGE}.json`)).toBeUndefined();
    table.row(`a publisher held up ${name}, overtaken`, "exit 1, the newest release", "the newest release everywhere");
    current = after;
  });
});

test("revoking with a region down: queued, exit 1, named; done by the next factory publish", async () => {
  production.proxy.reset(downFrom("RegionTwo", () => true));
  const revoked = await production.factory("revoke", IMAGE, "--reason", "a hole");
  expect([revoked.code, revoked.output]).toEqual([1, expect.stringMatching(/RegionTwo: .* is not revoked there yet/)]);
  const seen = await lookAt(production);
  expect(seen.found).toEqual({ RegionOne: [], RegionTwo: [current.build] });
  expect(seen.told).toEqual(all(null).told);
  production.proxy.reset();
  const { code, output } = await production.factory("publish");
  expect([code, output]).toEqual([0, expect.stringContaining("revoked in every region")]);
  for (const region of REGIONS) expect(await production.customerFinds(region)).toEqual([]);
  table.row(
    "revoke with a region down",
    "exit 1, queued, region named; withdrawn in the other",
    "withdrawn everywhere",
  );
});
