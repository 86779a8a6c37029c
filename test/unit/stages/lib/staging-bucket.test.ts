import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ARTEFACTS } from "../../../../stages/lib/artefacts";
import { bringData } from "../../../../stages/lib/glance-import";
import { layout } from "../../../../stages/lib/layout";
import { imageAddress } from "../../../../stages/lib/staging-bucket";
import type { StageContext } from "../../../../stages/lib/stage";
import { CloudServer, type Seen } from "../../openstack/cloud-server";
import { BUILD, PLAN } from "../plan";

const CONTENT = "the image's bytes";
const NAME = `debian-12/${BUILD}/${BUILD}.qcow2`;
const OBJECT = `/v1/AUTH_p1/staging/${NAME}`;
const GLANCE_READS = "https://objects.example.org/staging";
const region = { ...PLAN.home, import: "web-download", importFrom: GLANCE_READS } as const;

let cloud: CloudServer;
let directory: string;
let asked: unknown[];
let context: StageContext;
/** What the bucket holds. */
let object: { readonly body: string; readonly headers: Seen["headers"] } | undefined;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "staging-"));
  asked = [];
  object = undefined;
  cloud = await CloudServer.start();
  cloud.on(`PUT ${OBJECT}`, ({ body, headers }) => {
    object = { body, headers };
    return { status: 201 };
  });
  cloud.on(`HEAD ${OBJECT}`, () => {
    if (!object) return { status: 404 };
    const etag = createHash("md5").update(object.body).digest("hex");
    return { status: 200, headers: { etag, "content-length": String(object.body.length) } };
  });
  const paths = layout(PLAN, directory);
  mkdirSync(paths.local, { recursive: true });
  writeFileSync(path.join(paths.local, ARTEFACTS.image(BUILD)), CONTENT);
  context = {
    plan: PLAN,
    paths,
    signal: new AbortController().signal,
    log: { line: () => undefined },
    session: (target: unknown) => {
      asked.push(target);
      return Promise.resolve(cloud.session());
    },
  } as unknown as StageContext;
});
afterEach(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true });
});
const uploads = (): Seen[] => cloud.calls(`PUT ${OBJECT}`);

test("the image is brought into the bucket, and the address is where the region's Glance reads it", async () => {
  expect(await imageAddress(context, region)).toBe(`${GLANCE_READS}/${NAME}`);
  expect(object?.body).toBe(CONTENT);
  expect(object?.headers["x-delete-after"]).toBe(String(30 * 86_400));
  expect(object?.headers["x-object-meta-sha256"]).toBe(createHash("sha256").update(CONTENT).digest("hex"));
});

test("the bucket is asked for with its own credential, in the home region, whichever region imports", async () => {
  await imageAddress(context, { ...region, name: "two", cloud: "build-r2", region: "RegionTwo" });
  expect(asked).toEqual([{ cloud: PLAN.buckets.cloud, region: PLAN.home.region }]);
});

test("a slash at the end of importFrom makes no other address", async () => {
  expect(await imageAddress(context, { ...region, importFrom: `${GLANCE_READS}//` })).toBe(`${GLANCE_READS}/${NAME}`);
});

test("a second region, or a second try, uploads nothing again", async () => {
  await imageAddress(context, region);
  await imageAddress(context, { ...region, name: "two" });
  expect(uploads()).toHaveLength(1);
});

test("what is there with other bytes is replaced", async () => {
  object = { body: "half of the image", headers: {} };
  await imageAddress(context, region);
  expect(object.body).toBe(CONTENT);
});

test("fails when the bucket keeps other bytes than were sent: no Glance is told of them", async () => {
  cloud.on(`PUT ${OBJECT}`, () => {
    object = { body: "cut", headers: {} };
    return { status: 201 };
  });
  await expect(imageAddress(context, region)).rejects.toThrow(
    `staging/${NAME}: is stored with other bytes than were sent`,
  );
});

test("fails without importFrom, before anything is uploaded", async () => {
  await expect(imageAddress(context, { ...PLAN.home, import: "web-download" })).rejects.toThrow(
    "factory.yaml: regions: one has import: web-download, but no importFrom",
  );
  expect(cloud.seen).toEqual([]);
});

describe("web-download", () => {
  const ID = "3f0c54c5-47a4-4a0e-9a0b-3b6f7d1c9b11";
  const bring = (): Promise<void> =>
    bringData("web-download", {
      session: cloud.session(),
      id: ID,
      file: "/nowhere",
      address: () => imageAddress(context, region),
      signal: context.signal,
    });

  test("Glance is told the address once the bytes are there, and is sent none itself", async () => {
    let thereBefore: string | undefined;
    cloud.on(`POST /v2/images/${ID}/import`, () => {
      thereBefore = object?.body;
      return { status: 202 };
    });
    await bring();
    const [told] = cloud.calls(`POST /v2/images/${ID}/import`);
    expect(JSON.parse(told?.body ?? "")).toEqual({ method: { name: "web-download", uri: `${GLANCE_READS}/${NAME}` } });
    expect(thereBefore).toBe(CONTENT);
    expect(cloud.seen.filter(({ method, path: to }) => method === "PUT" && to.includes(ID))).toEqual([]);
  });

  test("a bucket that refuses the image is the failure, and no import is begun", async () => {
    cloud.on(`PUT ${OBJECT}`, { status: 413, text: "too large" });
    await expect(bring()).rejects.toThrow(/413/);
    expect(cloud.calls(`POST /v2/images/${ID}/import`)).toEqual([]);
  });
});
