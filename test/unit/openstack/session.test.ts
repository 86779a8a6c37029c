import http from "node:http";
import { OpenStackError } from "../../../openstack/errors";
import type { RequestOptions } from "../../../openstack/session";
import { CloudServer } from "./cloud-server";

let cloud: CloudServer;
beforeEach(async () => {
  cloud = await CloudServer.start();
});
afterEach(() => cloud.stop());

const get: RequestOptions = { service: "image", method: "GET", path: "/images" };
const post: RequestOptions = { service: "image", method: "POST", path: "/images", json: {} };
const errorOf = async (promise: Promise<unknown>): Promise<Error> => {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected a failure");
};

describe("authentication", () => {
  test("by password: user, domain and project go to /v3/auth/tokens, once for many requests", async () => {
    cloud.on("GET /v2/images", { json: { images: [] } });
    const session = cloud.session();
    await Promise.all([session.request(get), session.request(get), session.request(get)]);
    expect(cloud.tokens).toBe(1);
    const [auth] = cloud.calls("POST /v3/auth/tokens");
    expect(JSON.parse(auth!.body)).toEqual({
      auth: {
        identity: {
          methods: ["password"],
          password: { user: { name: "user", domain: { id: "default" }, password: "hunter2-secret" } },
        },
        scope: { project: { name: "project", domain: { id: "default" } } },
      },
    });
  });

  test("by application credential: no scope, for the credential has its own", async () => {
    const auth = {
      kind: "applicationCredential",
      authUrl: `${cloud.url}/v3`,
      applicationCredentialId: "id",
      applicationCredentialSecret: "s3cret",
    } as const;
    const token = await cloud.session({ auth }).token();
    expect(token).toMatchObject({ user: { id: "u1" }, project: { id: "p1" }, roles: ["member", "reader"] });
    expect(JSON.parse(cloud.seen[0]!.body)).toEqual({
      auth: {
        identity: { methods: ["application_credential"], application_credential: { id: "id", secret: "s3cret" } },
      },
    });
  });

  test("a token that is no longer valid is renewed and the request repeated, even a POST", async () => {
    cloud.on("POST /v2/images", { json: { id: "i1" } });
    const session = cloud.session();
    await session.token();
    cloud.validToken = "revoked";
    await expect(session.json(post)).resolves.toEqual({ id: "i1" });
    expect(cloud.tokens).toBe(2);
  });

  test("a token about to end is renewed before it is used", async () => {
    cloud.on("GET /v2/images", { json: { images: [] } });
    cloud.tokenLifetime = 60_000;
    const session = cloud.session();
    await session.token();
    await session.token();
    expect(cloud.tokens).toBe(2);
  });

  test("wrong password: Keystone's words, once, without the password", async () => {
    cloud.on("POST /v3/auth/tokens", {
      status: 401,
      json: { error: { message: "The password hunter2-secret requires authentication." } },
    });
    const error = await errorOf(cloud.session().request(get));
    expect(error).toBeInstanceOf(OpenStackError);
    expect(error.message).toBe("test: identity POST /auth/tokens: 401: The password *** requires authentication.");
    expect(cloud.seen).toHaveLength(1);
  });

  test("after a failed authentication the next request tries again", async () => {
    cloud.on("POST /v3/auth/tokens", { status: 401, json: {} }, () => cloud.tokenReply());
    cloud.on("GET /v2/images", { json: { images: [] } });
    const session = cloud.session();
    await errorOf(session.request(get));
    await expect(session.request(get)).resolves.toMatchObject({ status: 200 });
  });

  test("an unscoped token is refused", async () => {
    cloud.on("POST /v3/auth/tokens", { status: 201, json: { token: {} }, headers: { "x-subject-token": "x" } });
    expect((await errorOf(cloud.session().token())).message).toMatch(/no project-scoped token/);
  });
});

describe("errors", () => {
  const message = async (reply: object): Promise<string> => {
    cloud.on("GET /v2/images", { status: 400, ...reply });
    return (await errorOf(cloud.session().request(get))).message;
  };

  test.each([
    ["Nova", { json: { badRequest: { code: 400, message: "Invalid key_name" } } }, "Invalid key_name"],
    ["Neutron", { json: { NeutronError: { type: "X", message: "No more IPs", detail: "" } } }, "No more IPs"],
    ["Keystone", { json: { error: { code: 400, message: "bad", title: "Bad" } } }, "bad"],
    [
      "Glance",
      { text: "<html><head><title>400</title></head><body><h1>400</h1>No\n data<br/></body></html>" },
      "400 No data",
    ],
    ["nothing", {}, "Bad Request"],
  ])("%s's way to say it", async (_, reply, expected) => {
    expect(await message(reply)).toBe(`test/RegionOne: image GET /images: 400: ${expected}`);
  });

  test("an echoed token is blanked out", async () => {
    expect(await message({ json: { error: { message: "token token-1 unknown" } } })).not.toContain("token-1");
  });

  test("a status that the caller expects is an answer", async () => {
    const answer = await cloud.session().request({ ...get, expect: [404] });
    expect(answer.status).toBe(404);
  });

  test("region and service that the catalogue has not", async () => {
    expect((await errorOf(cloud.session({ region: "Nowhere" }).request(get))).message).toBe(
      'test: the catalogue has no public "image" endpoint in region "Nowhere" (its regions: RegionOne, RegionTwo); check the region\'s name',
    );
    cloud.catalogue = cloud.catalogue.filter((entry) => (entry as { type: string }).type !== "key-manager");
    const vault = { service: "key-manager", method: "GET", path: "/secrets" } as const;
    expect((await errorOf(cloud.session().request(vault))).message).toMatch(
      /no "key-manager" service \(it has compute, /,
    );
  });

  test("several regions and none named", async () => {
    expect((await errorOf(cloud.session({ region: undefined }).request(get))).message).toMatch(/name the region/);
  });
});

describe("retries", () => {
  test.each([429, 502, 503, 504])("a GET is repeated after %d", async (status) => {
    cloud.on("GET /v2/images", { status }, { status }, { json: { images: [] } });
    await expect(cloud.session().request(get)).resolves.toMatchObject({ status: 200 });
    expect(cloud.calls("GET /v2/images")).toHaveLength(3);
  });

  test("a GET is repeated after a lost connection", async () => {
    cloud.on("GET /v2/images", { hangUp: true }, { json: { images: [] } });
    await expect(cloud.session().request(get)).resolves.toMatchObject({ status: 200 });
  });

  test("bounded, and the last answer is the error", async () => {
    cloud.on("GET /v2/images", { status: 503, text: "busy" });
    const error = await errorOf(cloud.session({ retry: { attempts: 3, base: 1, cap: 2 } }).request(get));
    expect(error.message).toBe("test/RegionOne: image GET /images: 503: busy");
    expect(cloud.calls("GET /v2/images")).toHaveLength(3);
  });

  test("a POST is not repeated, unless asked for", async () => {
    cloud.on("POST /v2/images", { hangUp: true });
    expect((await errorOf(cloud.session().request(post))).message).toMatch(/^test\/RegionOne: image POST \/images: /);
    expect(cloud.calls("POST /v2/images")).toHaveLength(1);
    cloud.on("POST /v2/images", { status: 503 }, { json: {} });
    await expect(cloud.session().request({ ...post, retry: true })).resolves.toMatchObject({ status: 200 });
  });

  test("404, 409, 500 are not repeated", async () => {
    for (const status of [404, 409, 500]) {
      cloud.on("GET /v2/images", { status });
      await errorOf(cloud.session().request(get));
    }
    expect(cloud.calls("GET /v2/images")).toHaveLength(3);
  });

  test("nobody listens: one line that says so", async () => {
    const session = cloud.session({ retry: { attempts: 2, base: 1 } });
    await cloud.stop();
    const error = await errorOf(session.request(get));
    expect(error.message).toMatch(/^test: identity POST \/auth\/tokens: connect ECONNREFUSED/);
    cloud = await CloudServer.start();
  });
});

describe("bounds", () => {
  test("a service that never answers is given up", async () => {
    const silent = http.createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    cloud.catalogue = [
      { type: "image", endpoints: [{ interface: "public", region: "RegionOne", url: `http://127.0.0.1:${port}` }] },
    ];
    const session = cloud.session({ idleTimeout: 100, retry: { attempts: 1 } });
    expect((await errorOf(session.request(get))).message).toMatch(/image GET \/images: no answer for/);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  test("an abort ends a wait between tries at once", async () => {
    cloud.on("GET /v2/images", { status: 503, headers: { "retry-after": "60" } });
    const abort = new AbortController();
    const session = cloud.session({ retry: { base: 60_000, cap: 60_000 }, signal: abort.signal });
    const pending = errorOf(session.request(get));
    setTimeout(() => abort.abort(new Error("stopped by the user")), 50);
    expect((await pending).message).toBe("stopped by the user");
  });
});
