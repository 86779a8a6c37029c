/** A region that is another cloud: stage 12 brings an image into the local cloud's second region and into a second cloud. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { names, tags } from "../../../model/naming";
import type { BuildPlan } from "../../../model/plan";
import { readCloudsFile, sessionOptions } from "../../../openstack/clouds-file";
import { deleteImage, getImage, listImages, type GlanceImage } from "../../../openstack/glance";
import { Session } from "../../../openstack/session";
import { stage } from "../../../stages/distribute";
import { layout } from "../../../stages/lib/layout";
import { storeImage } from "../../../stages/lib/glance-store";
import type { DistributeData } from "../../../stages/lib/results";
import type { StageContext } from "../../../stages/lib/stage";
import { cloudEnv } from "../../support/cloud-env";
import { say } from "../../support/say";
import { scenario } from "../../support/scenario";
import { SecondCloud } from "../../support/second-cloud";
import { PLAN } from "../../unit/stages/plan";

const NET = "172.31.250";
/** The machine's address as the second cloud sees it; Glance downloads from ports 80 and 443 alone. */
const MACHINE = "172.31.251.1";
const MINUTES = 60_000;

const folder = mkdtempSync(path.join(tmpdir(), "second-cloud-"));
const second = new SecondCloud({
  name: "ifsecond",
  net: NET,
  state: path.join(folder, "state"),
  zones: "fake",
  project: "one",
});
const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 12);
const build = `debian-12-${stamp}-0002`;
const about = { factory: "second", image: "debian-12", build };
const plan: BuildPlan = {
  ...PLAN,
  ...about,
  image: PLAN.image,
  tags: tags(about),
  regions: [
    { name: "RegionTwo", cloud: "build-r2", region: "RegionTwo" },
    { name: "Elsewhere", cloud: "one", region: "RegionOne", properties: "otc", import: "glance-direct" },
  ],
};
const paths = layout(plan, folder);
const file = path.join(paths.local, `${build}.qcow2`);

/** Sessions of both clouds, by the name of the entry: each cloud has a clouds.yaml of its own. */
function session({ cloud: entry, region }: { readonly cloud: string; readonly region: string }): Session {
  if (entry === "one") return second.session(region);
  return new Session(sessionOptions(readCloudsFile(cloudEnv()), entry, region));
}

const lines: string[] = [];
const { signal } = new AbortController();
const context = {
  plan,
  paths,
  signal,
  log: { line: (text: string) => lines.push(text), step: (_: string, work: () => unknown) => work() },
  progress: (text: string) => lines.push(text),
  data: () => ({ file, sha256: "0", virtualSize: 64 * 1024 ** 2, patchedUntil: new Date().toISOString() }),
  session: (target: { readonly cloud: string; readonly region: string }) => Promise.resolve(session(target)),
} as unknown as StageContext;

const imagesIn = (region: (typeof plan.regions)[number]): Promise<GlanceImage[]> =>
  listImages(session(region), { name: names.image(build) });

describe("a region that is another cloud", () => {
  const step = scenario();
  const [near, far] = plan.regions as [BuildPlan["home"], BuildPlan["home"]];
  const sha512 = () => createHash("sha512").update(readFileSync(file)).digest("hex");
  let first: DistributeData;

  afterAll(async () => {
    for (const image of await imagesIn(near)) await deleteImage(session(near), image.id);
    second.purge();
    rmSync(folder, { recursive: true, force: true });
  }, 5 * MINUTES);

  step(
    "a second cloud comes up beside the first",
    () => {
      mkdirSync(paths.local, { recursive: true });
      execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", file, "64M"]);
      second.up();
    },
    15 * MINUTES,
  );

  step(
    "both regions get the image, each in its own way, verified by the hash that its Glance computed",
    async () => {
      first = (await stage.run(context)).data as DistributeData;
      expect(first.regions.map(({ region, hashValue }) => [region, hashValue])).toEqual([
        ["RegionTwo", sha512()],
        ["Elsewhere", sha512()],
      ]);
      const [there] = await imagesIn(far);
      expect(there).toMatchObject({ status: "active", visibility: "private", os_purpose: "custom", __os_bit: "64" });
    },
    5 * MINUTES,
  );

  step(
    "a cloud that is out of reach is tried again, then reported by name; the other region's image is left alone",
    async () => {
      const before = await imagesIn(near);
      await deleteImage(session(far), (await imagesIn(far))[0]?.id ?? "");
      lines.length = 0;
      // More specific than the cloud's own route; a cloud that is down may be answered for by somebody else.
      execFileSync("ip", ["route", "add", "unreachable", `${NET}.1/32`]);
      try {
        await expect(stage.run(context)).rejects.toThrow(
          "failed in Elsewhere, there in RegionTwo; a resume takes up only what failed",
        );
      } finally {
        execFileSync("ip", ["route", "del", "unreachable", `${NET}.1/32`]);
      }
      expect(lines.filter((line) => /^Elsewhere: try \d of 4 has failed/.test(line))).toHaveLength(3);
      expect(await imagesIn(near)).toEqual(before);
    },
    15 * MINUTES,
  );

  step(
    "when it is in reach again, a resume brings what is missing and nothing else",
    async () => {
      const again = (await stage.run(context)).data as DistributeData;
      expect(again.regions[0]).toEqual(first.regions[0]);
      expect(again.regions[1]?.imageId).not.toBe(first.regions[1]?.imageId);
      expect(await imagesIn(far)).toHaveLength(1);
    },
    10 * MINUTES,
  );

  step(
    "its Glance can fetch the image by itself",
    async () => {
      const server = http.createServer((_, response) => response.end(readFileSync(file)));
      await new Promise<void>((resolve) => server.listen(80, MACHINE, resolve));
      try {
        const stored = await storeImage({
          region: far.name,
          session: session(far),
          image: { name: `${build}-fetched`, diskFormat: "qcow2", tags: plan.tags },
          file,
          method: "web-download",
          address: () => Promise.resolve(`http://${MACHINE}/${build}.qcow2`),
          activeWithin: MINUTES,
          pauses: [],
          signal,
          log: say,
        });
        expect(stored.hashValue).toBe(sha512());
        expect((await getImage(session(far), stored.imageId))?.status).toBe("active");
      } finally {
        server.close();
      }
    },
    5 * MINUTES,
  );
});
