import { makeAuthority, authorityOf } from "../../../../deployer/authority";
import { parseAuthority } from "../../../../deployer/authority-file";
import type { Deployment } from "../../../../deployer/deployment";
import type { FactoryNode } from "../../../../deployer/nodes";
import type { RoleContext } from "../../../../deployer/roles/role";
import { proxyTo, splitCertificate, webHandover } from "../../../../deployer/roles/web-server";
import { X509Certificate } from "node:crypto";
import type { FactoryConfig } from "../../../../model/config";
import { CloudServer } from "../../openstack/cloud-server";
import { exampleContext } from "../../stacks/context";

let cloud: CloudServer;
beforeEach(async () => (cloud = await CloudServer.start()));
afterEach(() => cloud.stop());

const authority = async () => authorityOf(parseAuthority(await makeAuthority("demo"), "ca"));

async function context(change: Partial<FactoryConfig> = {}, own = ""): Promise<RoleContext> {
  const session = cloud.session();
  cloud.on("GET /v2.0/floatingips", {
    json: { floatingips: [{ floating_ip_address: "172.24.4.9", fixed_ip_address: "10.60.1.20" }] },
  });
  const config = { ...exampleContext().config, ...change };
  const ca = await authority();
  return {
    deployment: { config, project: () => session, homeRegion: { region: "RegionOne" } } as unknown as Deployment,
    node: { name: "demo-web-server-2", address: "10.60.1.22" } as unknown as FactoryNode,
    secrets: { get: () => Promise.resolve(own), all: () => Promise.resolve([own]) },
    authority: () => Promise.resolve(ca),
  };
}
async function handover(change: Partial<FactoryConfig> = {}, own?: string) {
  const { credentials = [], files = [], restart } = await webHandover(await context(change, own));
  const file = (name: string): string => String(files.find(({ path }) => path.endsWith(name))?.content);
  return { credentials, file, restart };
}

test("the certificate is for every name and address that the site has, its key is kept encrypted", async () => {
  const { credentials, file, restart } = await handover({
    webServer: { balancer: "keepalived", names: ["images.example.org"] },
  });
  expect(credentials.map(({ name }) => name)).toEqual(["web-key"]);
  expect(String(credentials[0]?.content)).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  const names = new X509Certificate(file("certificates/web.pem")).subjectAltName?.split(", ");
  expect(names).toEqual([
    "DNS:web.demo.internal",
    "DNS:images.example.org",
    "DNS:demo-web-server-2",
    "DNS:demo-web-server-2.demo.internal",
    "IP Address:172.24.4.9",
    "IP Address:10.60.1.20",
    "IP Address:10.60.1.22",
  ]);
  expect(file("/name")).toBe("web.demo.internal\n");
  expect(restart).toEqual(["nginx.service"]);
});

test("a certificate of the user's own is used as it is", async () => {
  const own = await (await authority()).issue({ commonName: "www", dnsNames: ["*.example.org"] });
  const secrets = { ...exampleContext().config.secrets, webCertificate: "file:web.pem" };
  const { credentials, file } = await handover({ secrets }, `${own.certificate}${own.privateKey}`);
  expect([String(credentials[0]?.content).trim(), file("certificates/web.pem").trim()]).toEqual([
    own.privateKey.trim(),
    own.certificate.trim(),
  ]);
  expect(file("/name")).toBe("web.example.org\n");
});

test("the bucket is the one of the project's catalogue", async () => {
  const { file } = await handover();
  expect(file("released.url")).toBe(`${cloud.url}/v1/AUTH_p1/demo-release\n`);
  expect(file("released.conf")).toBe(`proxy_pass ${cloud.url}/v1/AUTH_p1/demo-release/;\n`);
});

test("an object storage with TLS has to prove who it is", () => {
  expect(proxyTo("https://swift.example.org/v1/AUTH_p/r", "/ca.crt").split("\n")).toEqual(
    expect.arrayContaining([
      "proxy_ssl_verify on;",
      "proxy_ssl_name swift.example.org;",
      "proxy_ssl_trusted_certificate /ca.crt;",
    ]),
  );
});

test("OBS has the bucket's name before its own", async () => {
  const buckets = { ...exampleContext().config.buckets, kind: "obs" as const };
  expect((await handover({ buckets })).file("released.url")).toBe(
    "https://demo-release.obs.RegionOne.otc.t-systems.com\n",
  );
});

test.each([
  [[], "is no public address"],
  [[{}, {}], "are several public addresses"],
])("fails when the site's address is not the one: %j", async (floatingips, message) => {
  const given = await context();
  cloud.on("GET /v2.0/floatingips", { json: { floatingips } });
  await expect(webHandover(given)).rejects.toThrow(`test: there ${message} described as "demo-web"`);
});

test("fails for a certificate without its own key", async () => {
  const ca = await authority();
  const [one, other] = await Promise.all(["a", "b"].map((name) => ca.issue({ commonName: name, dnsNames: [name] })));
  expect(() => splitCertificate(one!.certificate)).toThrow("secrets.webCertificate: must hold the certificate");
  expect(() => splitCertificate(one!.certificate + other!.privateKey)).toThrow("the private key is not that of");
});
