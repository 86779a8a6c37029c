import {
  certificatePayload,
  createCertificate,
  createSecret,
  deleteSecret,
  letRead,
  listSecrets,
  readCertificate,
  secretPayload,
  secretsNamed,
} from "../../../openstack/barbican";
import type { CloudServer } from "./cloud-server";
import { FakeBarbican } from "./fake-barbican";

const LIST = "GET /key-manager/v1/secrets";
let cloud: CloudServer;
let barbican: FakeBarbican;
beforeEach(async () => ({ cloud, barbican } = await FakeBarbican.start()));
afterEach(() => cloud.stop());

test("a secret is kept as text, found by its name, read and deleted", async () => {
  const session = cloud.session();
  const id = await createSecret(session, { name: "demo-ca", payload: "läuft\n" });
  expect(JSON.parse(cloud.calls("POST /key-manager/v1/secrets")[0]!.body)).toEqual({
    name: "demo-ca",
    secret_type: "opaque",
    payload: "läuft\n",
    payload_content_type: "text/plain",
  });
  expect(await secretsNamed(session, "demo-ca")).toEqual([{ id, name: "demo-ca", created: expect.any(Date) as Date }]);
  expect(await secretPayload(session, id)).toBe("läuft\n");
  expect(cloud.calls(`GET /key-manager/v1/secrets/${id}/payload`)[0]?.headers.accept).toBe("text/plain");
  expect(await deleteSecret(session, id)).toBe(true);
  expect(await deleteSecret(session, id)).toBe(false);
  expect(await secretPayload(session, id)).toBeUndefined();
  expect(await secretsNamed(session, "demo-ca")).toEqual([]);
});

test("a certificate is kept as one, in bytes, and read as such; users may be let read it", async () => {
  const session = cloud.session();
  const id = await createCertificate(session, { name: "demo-image-signing", pem: "PEM\n" });
  expect(JSON.parse(cloud.calls("POST /key-manager/v1/secrets")[0]!.body)).toEqual({
    name: "demo-image-signing",
    secret_type: "certificate",
    payload: "UEVNCg==",
    payload_content_type: "application/octet-stream",
    payload_content_encoding: "base64",
  });
  expect(await certificatePayload(session, id)).toBe("PEM\n");
  expect(cloud.calls(`GET /key-manager/v1/secrets/${id}/payload`)[0]?.headers.accept).toBe("application/octet-stream");
  await letRead(session, id, ["u1", "u2"]);
  expect(JSON.parse(cloud.calls(`PUT /key-manager/v1/secrets/${id}/acl`)[0]!.body)).toEqual({
    read: { users: ["u1", "u2"], "project-access": true },
  });
});

test("who verifies by a certificate reads what it is and its bytes, or learns that he may not", async () => {
  const session = cloud.session();
  const id = await createCertificate(session, { name: "demo-image-signing", pem: "PEM\n" });
  expect(await readCertificate(session, id)).toBe("PEM\n");
  expect(await readCertificate(session, await createSecret(session, { name: "other", payload: "x" }))).toBeUndefined();
  expect(await readCertificate(session, "00000000-0000-4000-8000-000000000000")).toBeUndefined();
  cloud.on(`GET /key-manager/v1/secrets/${id}/payload`, () => ({ status: 403 }));
  expect(await readCertificate(session, id)).toBeUndefined();
  cloud.on(`GET /key-manager/v1/secrets/${id}`, () => ({ status: 403 }));
  expect(await readCertificate(session, id)).toBeUndefined();
  cloud.on(`GET /key-manager/v1/secrets/${id}`, () => ({ status: 409 }));
  await expect(readCertificate(session, id)).rejects.toThrow("409");
});

test("an end is told in UTC, without a fraction of a second", async () => {
  const expires = new Date("2026-01-31T12:00:00.123Z");
  await createSecret(cloud.session(), { name: "lock", payload: "x", expires });
  expect([...barbican.secrets.values()][0]?.expiration).toBe("2026-01-31T12:00:00");
});

test("secrets of a name are told the oldest first, those on further pages too", async () => {
  const ids = Array.from({ length: 120 }, (_, index) => barbican.put("demo-ca", String(index)));
  barbican.put("demo-ca-2", "of another name");
  const found = await secretsNamed(cloud.session(), "demo-ca");
  expect(found.map(({ id }) => id)).toEqual(ids);
  expect(found[0]?.created.toISOString()).toBe("2026-01-01T00:00:01.000Z");
  expect(cloud.calls(LIST).map(({ query }) => query.get("offset"))).toEqual(["0", "100"]);
});

test("all secrets of a project are listed", async () => {
  barbican.put("demo-ca", "x");
  barbican.put("", "nameless");
  expect((await listSecrets(cloud.session())).map(({ name }) => name)).toEqual(["demo-ca", ""]);
  expect(cloud.calls(LIST)[0]?.query.has("name")).toBe(false);
});

test("what a pattern of the service adds is taken out: names may hold its wildcards", async () => {
  const secrets = [{ name: "demo-ca", created: "2026-01-01T00:00:00.5", secret_ref: "http://x/v1/secrets/1" }];
  cloud.on(LIST, { json: { secrets, total: 1 } });
  expect(await secretsNamed(cloud.session(), "demo_ca")).toEqual([]);
});

test("looking is repeated when the service, just started, answers 500; making is not", async () => {
  const broken = { status: 500, json: { description: "Secret creation failure seen" } };
  cloud.on(LIST, broken, broken, { json: { secrets: [], total: 0 } });
  expect(await secretsNamed(cloud.session(), "demo-ca")).toEqual([]);
  cloud.on("POST /key-manager/v1/secrets", broken);
  await expect(createSecret(cloud.session(), { name: "demo-ca", payload: "s3cret" })).rejects.toThrow(
    /key-manager POST \/secrets: 500/,
  );
  expect(cloud.calls("POST /key-manager/v1/secrets")).toHaveLength(1);
});

test("a service that goes on answering 500 is given up", async () => {
  cloud.on(LIST, { status: 500, text: "broken" });
  await expect(secretsNamed(cloud.session(), "demo-ca")).rejects.toThrow("key-manager GET /secrets: 500: broken");
  expect(cloud.calls(LIST)).toHaveLength(5);
});

test("an answer without the list is no empty list", async () => {
  cloud.on(LIST, { json: {} });
  await expect(secretsNamed(cloud.session(), "demo-ca")).rejects.toThrow('no "secrets" in the answer');
});
