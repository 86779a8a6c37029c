/** Images that something is wrong with are refused by the right check with the right class; a good one is not. */
import { checksAt } from "../../../model/image-checks";
import { BAD_BOOTS, BAD_FILES, type BadImage } from "../../support/altered-image";
import { builtImage } from "../../support/built-image";
import { StageHost, type Tried } from "./stage-host";

const MINUTE = 60_000;

let host: StageHost | undefined;
let count = 0;

beforeAll(async () => {
  host = await StageHost.start(builtImage("debian-12"));
}, 10 * MINUTE);
afterAll(() => host?.end(), 5 * MINUTE);

/** Names of the checks that failed, as the report has them. */
const failedNames = ({ junit }: Tried): string[] =>
  [...junit.matchAll(/<testcase [^>]*?\bname="([^"]*)"[^>]*><failure/g)].map(([, name = ""]) =>
    name.replaceAll("&amp;", "&"),
  );

const names = (ids: readonly string[]): string[] =>
  [...checksAt("audit"), ...checksAt("boot")].filter(({ id }) => ids.includes(id)).map(({ name }) => name);

async function refused(bad: BadImage): Promise<void> {
  const tried = await host!.examine(bad, (count += 1));
  expect(tried.answer).toMatchObject({ ok: false, failureClass: bad.failureClass });
  expect(tried.answer.message).toMatch(bad.says);
  expect(failedNames(tried)).toEqual(names(bad.checks));
  const html = await tried.file("report.html");
  expect(html).toContain(`${bad.failureClass}: `);
}

test.each(BAD_FILES.map((bad) => [bad.name, bad.failureClass, bad] as const))(
  "%s: refused as %s, without waiting for a boot",
  async (_name, _class, bad) => refused(bad),
  8 * MINUTE,
);

test(
  "kernel panic, no network, a failing cloud-init: each is refused with its class, its console kept",
  async () => {
    // Two at a time: each is an emulated machine.
    const queue = BAD_BOOTS.values();
    const worker = async (): Promise<void> => {
      for (const bad of queue) await refused(bad);
    };
    await Promise.all([worker(), worker()]);
  },
  60 * MINUTE,
);

test(
  "the good image that they were made from passes",
  async () => {
    const tried = await host!.examine(undefined, (count += 1));
    expect(failedNames(tried)).toEqual([]);
    expect(tried.answer).toMatchObject({ ok: true, data: { failed: 0 } });
    expect(await tried.file("console.log")).toContain("Cloud-init v.");
    expect(JSON.parse(await tried.file("server.json"))).toMatchObject({ status: "ACTIVE" });
    expect(await tried.file("lynis-report.dat")).toContain("hardening_index=");
  },
  40 * MINUTE,
);
