/** What the scenario expects of the share: each build host for itself, and nothing of it for anybody when it has ended. */
import path from "node:path";
import type { Share } from "../../support/share";

/** Two builds that run at the same time, and their images. */
export interface TwoBuilds {
  readonly share: Share;
  readonly build: string;
  readonly image: string;
  readonly other: string;
  readonly otherImage: string;
}

/**
 * A host has its build's directory, its recipe's cache and the common archives, and can make neither more of it nor of
 * anything else.
 */
export async function expectOwnPartOnly({ share, build, image, other, otherImage }: TwoBuilds): Promise<void> {
  const mounted = await share.mountedOn(build);
  expect(mounted).toEqual([
    `builds/${image}/${build}`,
    "cache/_archives",
    expect.stringMatching(new RegExp(`^cache/${image}/[0-9a-f]{32}$`)) as string,
  ]);
  const [otherDirectory = "", , otherCache = ""] = await share.mountedOn(other);
  expect(otherDirectory).toBe(`builds/${otherImage}/${other}`);
  expect((await share.find(otherDirectory, "-type f")).length).toBeGreaterThan(2);
  expect((await share.find("leases", `-name "*.json"`)).length).toBe(2);
  for (const directory of ["", "leases", "exports", "released", "cache", "builds", otherDirectory, otherCache]) {
    const seen = (await share.filesSeenBy(build, directory)) ?? [];
    // by whatever way, its own part is its own
    const foreign = seen.filter((file) => !mounted.some((own) => path.join(directory, file).startsWith(`${own}/`)));
    expect({ directory, foreign }).toEqual({ directory, foreign: [] });
  }
  // and it would have been seen
  expect((await share.filesSeenBy(build, `builds/${image}/${build}`)) ?? []).toEqual(
    expect.arrayContaining(["./events/host.jsonl", "./heartbeat.json"]),
  );
}

/** What one host writes, another reads; when it is let no more, it does not. */
export async function expectSharedFile({ share, build, image, other }: TwoBuilds): Promise<void> {
  const text = `written by ${build}`;
  await share.write(build, "shared", text);
  const directory = `builds/${image}/${build}`;
  expect((await share.readThrough(other, directory, "shared")).trim()).toBe(text);
  expect(await share.filesSeenBy(other, directory)).toBeUndefined();
}

/** A build that has ended is exported to nobody, and its host has let go of it. */
export async function expectNothingExported(share: Share, builds: readonly string[]): Promise<void> {
  expect(await share.find("exports", `-name "*.exports"`)).toEqual([]);
  expect((await share.onServer("exportfs -s")).trim()).toBe("");
  for (const build of builds) {
    expect(await share.mountedOn(build)).toEqual([]);
    const [image = ""] = build.split(/-\d{12}-/);
    expect(await share.filesSeenBy(build, `builds/${image}/${build}`)).toBeUndefined();
  }
}
