import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import * as cinder from "../../../openstack/cinder";
import * as glance from "../../../openstack/glance";
import * as neutron from "../../../openstack/neutron";
import * as nova from "../../../openstack/nova";
import { failureClass, waitForActive, waitForServerGone } from "../../../openstack/nova-wait";
import * as swift from "../../../openstack/swift";
import { WaitTimeout } from "../../../openstack/wait";
import { CloudServer } from "./cloud-server";

let cloud: CloudServer;
const folder = mkdtempSync(path.join(os.tmpdir(), "services-"));
beforeEach(async () => {
  cloud = await CloudServer.start();
});
afterEach(() => cloud.stop());
afterAll(() => rmSync(folder, { recursive: true }));

const soon = { timeout: 2000, interval: 1 };

describe("a listing is read to its end", () => {
  test("Nova, Neutron and Cinder: the next page is told by a link, of which only the marker is used", async () => {
    const link = [{ rel: "next", href: "https://behind-a-proxy.example.org/x?limit=1&marker=one" }];
    const server = { id: "one", name: "n", tags: ["a", "b"] };
    cloud.on(
      "GET /v2.1/servers/detail",
      { json: { servers: [server], servers_links: link } },
      { json: { servers: [{ ...server, id: "two" }] } },
    );
    const found = await nova.listServers(cloud.session(), { tags: ["a", "b"] });
    expect(found.map((one) => one.id)).toEqual(["one", "two"]);
    const [first, second] = cloud.calls("GET /v2.1/servers/detail");
    expect(first?.query.get("tags")).toBe("a,b");
    expect(first?.headers["openstack-api-version"]).toBe("compute 2.60");
    expect(Object.fromEntries(second!.query)).toEqual({ tags: "a,b", marker: "one" });
  });

  test("Glance: next is a path", async () => {
    cloud.on(
      "GET /v2/images",
      { json: { images: [{ id: "1" }], next: "/v2/images?marker=1&limit=200" } },
      { json: { images: [{ id: "2" }] } },
    );
    const found = await glance.listImages(cloud.session(), { tags: ["a", "b=c"], name: "x,y" });
    expect(found).toHaveLength(2);
    const [, second] = cloud.calls("GET /v2/images");
    expect(second?.query.getAll("tag")).toEqual(["a", "b=c"]);
    expect(second?.query.get("name")).toBe('in:"x,y"');
  });

  test("Glance: hidden images too, where all are wanted", async () => {
    cloud.on("GET /v2/images", ({ query }) => ({
      json: { images: [{ id: query.get("os_hidden") === "true" ? "hidden" : "shown" }] },
    }));
    const found = await glance.listShownAndHidden(cloud.session(), { tags: ["a"] });
    expect(found.map(({ id }) => id)).toEqual(["shown", "hidden"]);
    expect(cloud.calls("GET /v2/images").map(({ query }) => query.get("tag"))).toEqual(["a", "a"]);
  });

  test("Swift: from the last name on until nothing comes", async () => {
    cloud.on(
      "GET /v1/AUTH_p1/bucket",
      { json: [{ name: "a" }, { name: "b" }] },
      { json: [{ name: "c" }] },
      { json: [] },
    );
    expect((await swift.listObjects(cloud.session(), "bucket")).map((one) => one.name)).toEqual(["a", "b", "c"]);
    expect(cloud.calls("GET /v1/AUTH_p1/bucket").map((seen) => seen.query.get("marker"))).toEqual([null, "b", "c"]);
  });

  test("a page that fails fails the listing", async () => {
    const link = [{ rel: "next", href: "http://x/?marker=one" }];
    cloud.on(
      "GET /v3/p1/volumes/detail",
      { json: { volumes: [{ id: "one" }], volumes_links: link } },
      { status: 500, text: "broken" },
    );
    await expect(cinder.listVolumes(cloud.session())).rejects.toThrow(/GET \/volumes\/detail: 500: broken/);
  });

  test("an answer without the list is no empty list", async () => {
    cloud.on("GET /v2.0/ports", { json: {} });
    await expect(neutron.list(cloud.session(), "ports")).rejects.toThrow('no "ports" in the answer');
    cloud.on("GET /v2.0/ports", { text: "" });
    await expect(neutron.list(cloud.session(), "ports")).rejects.toThrow("expected JSON, got: nothing");
  });

  test("a page that comes twice ends in an error, not in a loop", async () => {
    const links = [{ rel: "next", href: "http://x/?marker=one" }];
    cloud.on("GET /v2.0/ports", { json: { ports: [], ports_links: links } });
    await expect(neutron.list(cloud.session(), "ports")).rejects.toThrow("page one comes twice");
  });

  test("what a cloud that ignores a filter adds is taken out", async () => {
    const ports = [
      { id: "mine", tags: ["t"] },
      { id: "other", tags: [] },
    ];
    cloud.on("GET /v2.0/ports", { json: { ports } });
    expect(await neutron.list(cloud.session(), "ports", { tags: ["t"] })).toEqual([ports[0]]);
  });
});

describe("uploads", () => {
  const file = path.join(folder, "image");
  beforeAll(() => writeFileSync(file, "x".repeat(300_000)));

  test("with length and type", async () => {
    cloud.on("PUT /v2/images/i1/file", { status: 204 });
    await glance.uploadImage(cloud.session(), "i1", file);
    const [seen] = cloud.calls("PUT /v2/images/i1/file");
    expect(seen?.headers).toMatchObject({ "content-length": "300000", "content-type": "application/octet-stream" });
    expect(seen?.headers["transfer-encoding"]).toBeUndefined();
    expect(seen?.body).toHaveLength(300_000);
  });

  test("from the beginning again when the token had been revoked", async () => {
    cloud.on("PUT /v2/images/i1/file", { status: 204 });
    const session = cloud.session();
    await session.token();
    cloud.validToken = "revoked";
    await glance.uploadImage(session, "i1", file);
    expect(cloud.calls("PUT /v2/images/i1/file").map((seen) => seen.body.length)).toEqual([300_000, 300_000]);
  });

  test("never twice after a lost connection: the data may have begun to arrive", async () => {
    cloud.on("PUT /v2/images/i1/file", { hangUp: true });
    await expect(glance.uploadImage(cloud.session(), "i1", file)).rejects.toThrow(
      /^test\/RegionOne: image PUT \/images\/i1\/file: /,
    );
    expect(cloud.calls("PUT /v2/images/i1/file")).toHaveLength(1);
  });

  test("of a file that is not there", async () => {
    await expect(glance.uploadImage(cloud.session(), "i1", path.join(folder, "none"))).rejects.toThrow(/ENOENT/);
    expect(cloud.seen).toEqual([]);
  });
});

describe("waiting", () => {
  const server = (status: string, over: object = {}): object => ({
    json: { server: { id: "s", status, "OS-EXT-STS:task_state": "spawning", ...over } },
  });

  test("until ACTIVE", async () => {
    cloud.on("GET /v2.1/servers/s", server("BUILD"), server("BUILD"), server("ACTIVE"));
    await expect(waitForActive(cloud.session(), "s", soon)).resolves.toMatchObject({ status: "ACTIVE" });
  });

  test("no longer than allowed, and says what it last saw", async () => {
    cloud.on("GET /v2.1/servers/s", server("BUILD"));
    const waiting = waitForActive(cloud.session(), "s", { timeout: 30, interval: 5 });
    await expect(waiting).rejects.toThrow(WaitTimeout);
    await expect(waiting).rejects.toThrow("test: server s ACTIVE: not there after 0 s (last seen: BUILD spawning)");
  });

  test("an ERROR ends it at once, with its kind", async () => {
    cloud.on("GET /v2.1/servers/s", server("ERROR", { fault: { message: "No valid host was found. " } }));
    await expect(waitForActive(cloud.session(), "s", soon)).rejects.toMatchObject({
      failureClass: "no-host",
      message: "test: server s ACTIVE: it is in ERROR: No valid host was found. ",
    });
  });

  test("a server deleted meanwhile", async () => {
    cloud.on("GET /v2.1/servers/s", { status: 404 });
    await expect(waitForActive(cloud.session(), "s", soon)).rejects.toMatchObject({ failureClass: "gone" });
    await expect(waitForServerGone(cloud.session(), "s", soon)).resolves.toBeUndefined();
  });

  test("an image that Glance gave up", async () => {
    cloud.on("GET /v2/images/i", { json: { status: "saving" } }, { json: { status: "killed" } });
    await expect(glance.waitForImage(cloud.session(), "i", soon)).rejects.toThrow(/it is killed/);
  });

  test.each([
    ["No valid host was found. There are not enough hosts available.", "no-host"],
    ["Exceeded maximum number of retries. Exhausted all hosts available", "no-host"],
    ["Quota exceeded for instances", "quota"],
    ["Build of instance x aborted: Volume y did not finish being created", "volume"],
    ["Image z is unacceptable: Signature verification failed", "image"],
    ["Failed to allocate the network(s), not rescheduling.", "network"],
    ["Something else", "other"],
  ])("%s → %s", (message, expected) => {
    expect(failureClass(message)).toBe(expected);
  });
});

test("a port whose tags can't be set is not left behind", async () => {
  cloud.on("POST /v2.0/ports", { status: 201, json: { port: { id: "p" } } });
  cloud.on("PUT /v2.0/ports/p/tags", { status: 403, json: { NeutronError: { message: "no" } } });
  cloud.on("DELETE /v2.0/ports/p", { status: 204 });
  const port = { name: "n", networkId: "net", securityGroupIds: ["g"], tags: ["t"] };
  await expect(neutron.createPort(cloud.session(), port)).rejects.toThrow(/403: no/);
  expect(cloud.calls("DELETE /v2.0/ports/p")).toHaveLength(1);
});

test("names with slashes, blanks and umlauts reach Swift as they are", async () => {
  cloud.on("PUT /v1/AUTH_p1/a%20b/c/%C3%A4%3F", { status: 201 });
  await expect(swift.putObject(cloud.session(), "a b", "c/ä?", "x", { ifAbsent: true })).resolves.toBe("stored");
  expect(cloud.seen.at(-1)?.headers["if-none-match"]).toBe("*");
});
