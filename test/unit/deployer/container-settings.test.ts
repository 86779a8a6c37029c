import { release, retain } from "../../../deployer/retained";
import { CloudServer } from "../openstack/cloud-server";

let cloud: CloudServer;
beforeEach(async () => (cloud = await CloudServer.start()));
afterEach(() => cloud.stop());

const bucket = { factory: "demo", kind: "container", name: "demo-release" } as const;
const PATH = "/v1/AUTH_p1/demo-release";
const HISTORY = `${PATH}-history`;
const OURS = { "x-container-meta-image-factory": "demo" };
const versioned = { settings: { versioned: "true" } };

/** A container that answers with these headers, one after the other; the first is asked for before it is changed. */
function container(...headers: readonly Record<string, string>[]): CloudServer {
  const replies = headers.map((one) => ({ status: 204, headers: { ...OURS, ...one } }));
  return cloud
    .on(`HEAD ${PATH}`, ...replies)
    .on(`PUT ${PATH}`, { status: 202 })
    .on(`POST ${PATH}`, { status: 204 })
    .on(`PUT ${HISTORY}`, { status: 201 });
}
const changes = () => cloud.calls(`POST ${PATH}`).map(({ headers }) => headers);

test("everybody may read objects of it, not list them", async () => {
  container({});
  const line = await retain(cloud.session(), bucket, { settings: { "public-read": "true" } });
  expect(line).toBe("bucket demo-release: taken up again, 0 objects, read by everybody");
  expect(changes()).toEqual([expect.objectContaining({ "x-container-read": ".r:*" })]);
});

test("nobody reads it any more when that is taken back", async () => {
  container({});
  await retain(cloud.session(), bucket, { settings: { "public-read": "false" } });
  expect(changes()).toEqual([expect.objectContaining({ "x-container-read": "" })]);
});

test("it keeps former versions itself where the cloud can", async () => {
  container({}, { "x-versions-enabled": "True" });
  expect(await retain(cloud.session(), bucket, versioned)).toMatch(/, keeps former versions$/);
  expect(cloud.calls(`PUT ${HISTORY}`)).toEqual([]);
});

test("it keeps them in a container beside it where the cloud has only that", async () => {
  container({}, {}, { "x-history-location": "demo-release-history" });
  expect(await retain(cloud.session(), bucket, versioned)).toMatch(/, keeps former versions in demo-release-history$/);
  expect(cloud.calls(`PUT ${HISTORY}`)[0]?.headers).toMatchObject(OURS);
  expect(changes()[1]).toMatchObject({ "x-history-location": "demo-release-history" });
});

test("a cloud that keeps none is told", async () => {
  container({});
  expect(await retain(cloud.session(), bucket, versioned)).toMatch(/keeps NO former versions: this cloud can not$/);
});

test("the container beside it goes with it", async () => {
  container({ "x-history-location": "demo-release-history" })
    .on(`GET ${PATH}`, { json: [] })
    .on(`DELETE ${PATH}`, { status: 204 })
    .on(`GET ${HISTORY}`, { json: [{ name: "old" }] }, { json: [] })
    .on(`DELETE ${HISTORY}/old`, { status: 204 })
    .on(`DELETE ${HISTORY}`, { status: 204 });
  await release(cloud.session(), bucket, true);
  expect(cloud.seen.filter(({ method }) => method === "DELETE").map(({ path }) => path)).toEqual([
    PATH,
    `${HISTORY}/old`,
    HISTORY,
  ]);
});

test("with former versions alone it is kept, and they go when all data is to go", async () => {
  container({}).on(`DELETE ${PATH}`, { status: 409 }, { status: 204 });
  expect(await release(cloud.session(), bucket, false)).toBe("bucket demo-release: kept, it holds former versions");
  cloud
    .on(
      `GET ${PATH}`,
      {
        json: [
          { name: "a", version_id: "1.2" },
          { name: "a", version_id: "1.1" },
        ],
      },
      { json: [] },
    )
    .on(`DELETE ${PATH}/a`, { status: 204 });
  await release(cloud.session(), bucket, true);
  expect(cloud.calls(`DELETE ${PATH}/a`).map(({ query }) => query.get("version-id"))).toEqual(["1.2", "1.1"]);
  expect(cloud.calls(`GET ${PATH}`)[1]?.query.get("version_marker")).toBe("1.1");
});

test("fails for a setting that there is not", async () => {
  container({});
  for (const settings of [{ colour: "true" }, { versioned: "maybe" }] as Record<string, string>[])
    await expect(retain(cloud.session(), bucket, { settings })).rejects.toThrow(
      /there is no setting (colour|versioned)=/,
    );
});
