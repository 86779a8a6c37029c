import { recordRelease } from "../../../deployer/release";
import type { Store } from "../../../deployer/store";
import { stageStatuses, type EventState } from "../../../model/events";

const build = "debian-12-202601020000-0001";
const manifest = (of = build): string =>
  JSON.stringify({
    version: 1,
    image: "debian-12",
    build: of,
    inputs: { recipe: { digest: "d" }, builder: {}, repositories: {} },
  });

/** The share's part of it in memory. */
function share(own: string | undefined, released?: string) {
  const written: string[] = [];
  const store = {
    buildManifest: () => Promise.resolve(own),
    releasedManifest: () => Promise.resolve(released),
    writeRelease: (image: string, text: string) => Promise.resolve(void written.push(`${image}: ${text}`)),
  };
  return { store: store as unknown as Store, written };
}
const statuses = (state: EventState) =>
  stageStatuses([{ time: "2026-01-02T00:00:00Z", build, stage: "request-publication", state }]);

test("a build whose publication was asked for becomes the image's last release", async () => {
  const { store, written } = share(manifest(), manifest("debian-12-202601010000-0001"));
  await recordRelease(store, build, statuses("succeeded"));
  expect(written).toEqual([`debian-12: ${manifest()}`]);
});

test.each(["skipped", "failed", "started"] as const)("not one whose stage 13 %s", async (state) => {
  const { store, written } = share(manifest());
  await recordRelease(store, build, statuses(state));
  expect(written).toEqual([]);
});

test("not over a later build's, and not twice", async () => {
  for (const last of [manifest("debian-12-202601030000-0001"), manifest()]) {
    const { store, written } = share(manifest(), last);
    await recordRelease(store, build, statuses("succeeded"));
    expect(written).toEqual([]);
  }
});

test("over one that can not be read", async () => {
  const { store, written } = share(manifest(), "{");
  await recordRelease(store, build, statuses("succeeded"));
  expect(written).toHaveLength(1);
});

test("a host can not have another build released by its own manifest", async () => {
  const { store, written } = share(manifest("debian-12-209901010000-0001"));
  await expect(recordRelease(store, build, statuses("succeeded"))).rejects.toThrow(/is one of build debian-12-2099/);
  const broken = share("{}");
  await expect(recordRelease(broken.store, build, statuses("succeeded"))).rejects.toThrow(/is no build manifest/);
  expect([...written, ...broken.written]).toEqual([]);
});
