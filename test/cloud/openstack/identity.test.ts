import { createApplicationCredential, deleteApplicationCredential, listApplicationCredentials } from "../../../openstack/keystone";
import { listServers } from "../../../openstack/nova";
import { listImages } from "../../../openstack/glance";
import { readCloudsFile, sessionOptions } from "../../../openstack/clouds-file";
import { Session } from "../../../openstack/session";
import { CleanUp, session, unique } from "./support";

const cleanUp = new CleanUp();
afterAll(() => cleanUp.now());

test("who we are: an ordinary member of project build", async () => {
  const token = await session().token();
  expect(token.project.name).toBe("build");
  expect(token.roles).toContain("member");
  expect(token.roles).not.toContain("admin");
  expect(token.expiresAt.getTime()).toBeGreaterThan(Date.now());
});

test("a wrong password is one line without it", async () => {
  const options = sessionOptions(readCloudsFile(), "build");
  if (options.auth.kind !== "password") throw new Error("project build is expected to log in by password");
  const wrong = new Session({ ...options, auth: { ...options.auth, password: "not-the-password" } });
  await expect(wrong.token()).rejects.toThrow(/^build: identity POST \/auth\/tokens: 401: [^\n]+$/);
  await expect(wrong.token()).rejects.not.toThrow(/not-the-password/);
});

test("a region that there is not", async () => {
  await expect(listImages(session("build", "Nowhere"))).rejects.toThrow(/no public "image" endpoint in region "Nowhere"/);
});

test("an application credential may do what its rules say, nothing else, and nothing once it is deleted", async () => {
  const own = session();
  const { auth } = sessionOptions(readCloudsFile(), "build");
  const name = unique("credential");
  const expiresAt = new Date(Date.now() + 600_000).toISOString();
  const accessRules = [{ service: "image", method: "GET", path: "/v2/images" }];
  const { id, secret } = await createApplicationCredential(own, { name, roles: ["member"], accessRules, expiresAt });
  cleanUp.later(() => deleteApplicationCredential(own, id));

  const [listed] = await listApplicationCredentials(own, name);
  expect(listed).toMatchObject({ id, name, unrestricted: false });
  expect(Date.parse(`${listed?.expires_at ?? ""}Z`.replace("ZZ", "Z"))).toBe(Date.parse(expiresAt));

  const login = (): Session => new Session({
    cloud: "credential",
    region: "RegionOne",
    auth: { kind: "applicationCredential", authUrl: auth.authUrl, applicationCredentialId: id, applicationCredentialSecret: secret },
  });
  const restricted = login();
  expect((await restricted.token()).applicationCredential).toEqual({ id, restricted: true });
  await expect(listImages(restricted)).resolves.toBeInstanceOf(Array);
  await expect(listServers(restricted)).rejects.toThrow(/^credential\/RegionOne: compute GET \/servers\/detail: 401: /);
  const another = { name: unique("nested"), roles: ["member"], accessRules: [], expiresAt };
  await expect(createApplicationCredential(restricted, another)).rejects.toThrow(/: 40[13]: /);

  expect(await deleteApplicationCredential(own, id)).toBe(true);
  expect(await deleteApplicationCredential(own, id)).toBe(false);
  await expect(login().token()).rejects.toThrow(/^credential: identity POST \/auth\/tokens: 40[14]: /);
});
