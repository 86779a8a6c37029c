/** What was tampered with, has expired or is of a wrong key: real signatures, real bytes in a real Glance and Swift. */
import { createHash, generateKeyPairSync } from "node:crypto";
import { statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { getImage } from "../../../openstack/glance";
import { requestEnvelopeName, requestName } from "../../../model/publish-request";
import { IMAGE, type Built } from "../../support/build-team";
import { makeKey, endAgent } from "../../support/openpgp-key";
import { Production } from "../../support/production";
import { all, lookAt } from "./outside";
import { FaultTable } from "./table";

const production = new Production({ proxied: true, publish: { approval: "automatic" } });
const table = new FaultTable("Refused");
let current: Built;
let minute = 0;
beforeAll(async () => {
  await production.start();
  makeKey(production.file("stranger"), production.file("stranger.asc"));
  current = await production.team.built((minute += 1));
  await production.factory("publish", current.build);
});
afterAll(async () => {
  table.tell();
  endAgent(production.file("stranger"));
  await production.end();
});

/** Where the local cloud keeps its state. */
const CLOUD = process.env["FACTORY_CLOUD_STATE"] ?? "/var/lib/image-factory/cloud";
const DAY = 86_400_000;
const other = generateKeyPairSync("ec", { namedCurve: "secp384r1" });

type Case = readonly [name: string, prepare: () => Promise<Built>, says: RegExp, isRecorded: boolean];

/** A good build, and then something is done to it. */
const built = (spoil: (one: Built) => Promise<void>) => async (): Promise<Built> => {
  const one = await production.team.built((minute += 1));
  await spoil(one);
  return one;
};
const objectOf = async (name: string): Promise<string> => (await production.read("requests", name)) ?? "";
const altered = (text: string): string => text.replace("RegionTwo", "RegionTen");

const CASES: readonly Case[] = [
  [
    "request: its text is altered",
    built(async ({ request }) => {
      await production.team.put("requests", requestName(request), altered(await objectOf(requestName(request))));
    }),
    /signed by no OpenPGP key that is trusted/,
    false,
  ],
  [
    "request: no OpenPGP signature",
    built(async ({ request }) => production.remove("requests", `${requestName(request)}.asc`)),
    /its signature .* is missing/,
    false,
  ],
  [
    "request: OpenPGP signature of another key",
    built(async ({ request }) => production.team.send(request, undefined, production.file("stranger"))),
    /signed by no OpenPGP key that is trusted/,
    false,
  ],
  [
    "request: envelope signed by another image key",
    built(async ({ request }) => production.team.send(request, other)),
    /no .*trusted|not signed/,
    false,
  ],
  ...(
    [
      ["payload altered", (text: string) => text.replace(/"payload":"(.{200})./, '"payload":"$1A')],
      ["of another payloadType", (text: string) => text.replace("publish-request+json", "release-record+json")],
      ["without a signature", (text: string) => text.replace(/"signatures":\[.*\]/, '"signatures":[]')],
    ] as const
  ).map(([name, change]): Case => [
    `request: envelope ${name}`,
    built(async ({ request }) => {
      const text = await objectOf(requestEnvelopeName(request));
      expect(change(text)).not.toBe(text);
      await production.team.put("requests", requestEnvelopeName(request), change(text));
    }),
    /requests\/.*dsse/,
    false,
  ]),
  [
    "request: envelope of another request",
    built(async ({ request }) => {
      await production.team.put(
        "requests",
        requestEnvelopeName(request),
        await objectOf(requestEnvelopeName(current.request)),
      );
    }),
    /holds another request/,
    false,
  ],
  [
    "request: it has expired",
    () =>
      production.team.built((minute += 1), {
        request: (one) => ({
          ...one,
          requested: { ...one.requested, validUntil: new Date(Date.now() - DAY).toISOString() },
        }),
      }),
    /the request was good until/,
    true,
  ],
  [
    "image: other bytes in one region, the request has the right hash",
    () => production.team.built((minute += 1), { bytes: { RegionTwo: Buffer.alloc(64 * 1024, "x") } }),
    /RegionTwo: .*its bytes are not those that the request tells of/,
    true,
  ],
  [
    "image: other bytes in all regions, and the request tells of them",
    () => {
      const bytes = Buffer.alloc(64 * 1024, "y");
      const value = createHash("sha512").update(bytes).digest("hex");
      return production.team.built((minute += 1), {
        bytes: { RegionOne: bytes, RegionTwo: bytes },
        request: (one) => ({
          ...one,
          regions: one.regions.map((region) => ({ ...region, hash: { algorithm: "sha512", value } })),
        }),
      });
    },
    /its bytes are not those of .*qcow2, which was tested and signed/,
    true,
  ],
  [
    "image: another build's, under this build's id",
    () =>
      production.team.built((minute += 1), {
        request: (one) => ({
          ...one,
          regions: one.regions.map((region) => ({ ...region, imageId: current.ids[region.name]! })),
        }),
      }),
    /says that it is of build/,
    true,
  ],
  [
    "artefact: altered in staging",
    built(async ({ build }) => production.team.tamper(build, "packages.txt", "other")),
    /packages\.txt: what lies in .* is not what the request lists/,
    true,
  ],
  [
    "artefact: the image file altered in staging",
    built(async ({ build }) => production.team.tamper(build, `${build}.qcow2`, "other")),
    /qcow2: what lies in .* is not what the request lists/,
    true,
  ],
];

test.each(CASES)("%s", async (name, prepare, says, isRecorded) => {
  const { build, ids } = await prepare();
  const { code, output } = await production.factory("publish", build);
  expect([code, output]).toEqual([1, expect.stringMatching(says)]);
  expect(await lookAt(production)).toEqual(all(current.build));
  for (const region of Object.keys(ids))
    expect(await getImage(production.administrator(region), ids[region]!)).toMatchObject({ visibility: "private" });
  const records = (await production.records("refused", build)) + (await production.records("expired", build));
  expect(records).toBe(isRecorded ? 1 : 0);
  expect((await production.factory("publish", build)).code).toBe(1);
  table.row(name, "private, old release", isRecorded ? "refused for good, recorded" : "not believed, no record");
});

test("image: its bytes are changed in Glance's own store", async () => {
  const one = await production.team.built((minute += 1));
  const stored = path.join(CLOUD, "data/glance/store", one.ids["RegionOne"]!);
  writeFileSync(stored, Buffer.alloc(statSync(stored).size, "z"));
  const { code, output } = await production.factory("publish", one.build);
  expect([code, output]).toEqual([1, expect.stringMatching(/RegionOne: .*its bytes are not those/)]);
  expect(await lookAt(production)).toEqual(all(current.build));
  table.row("image: bytes changed in Glance's store", "private, old release", "refused for good, recorded");
});

test("a good one is published after all of that", async () => {
  const good = await production.team.built((minute += 1));
  const { code, output } = await production.factory("publish", good.build);
  expect([code, output]).toEqual([0, expect.stringContaining(`"${production.title}"`)]);
  expect(await lookAt(production)).toEqual(all(good.build));
  expect(IMAGE).toBe(good.request.image.name);
});
