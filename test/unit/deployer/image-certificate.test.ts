import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Deployment } from "../../../deployer/deployment";
import { homeAt } from "../../../deployer/home";
import { imageCertificate, keptCertificates, purgeCertificates } from "../../../deployer/image-certificate";
import type { FactoryConfig } from "../../../model/config";
import { certificateOf } from "../../support/certificate";
import type { CloudServer } from "../openstack/cloud-server";
import { FakeBarbican } from "../openstack/fake-barbican";
import { deploymentWith } from "./secrets/context";

const directory = mkdtempSync(path.join(tmpdir(), "certificate-"));
afterAll(() => rmSync(directory, { recursive: true }));
let cloud: CloudServer;
let barbican: FakeBarbican;
beforeEach(async () => ({ cloud, barbican } = await FakeBarbican.start()));
afterEach(() => cloud.stop());

const { publicKey } = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
const key = { keygrip: "AB".repeat(20), publicKey };
const NAME = "demo-image-signing-abababababababab";
const [one, two] = ["RegionOne", "RegionTwo"].map((name) => ({ name, cloud: "build", region: name }));
const regions = [one!, two!];

/** RegionOne has a key manager, RegionTwo has none. */
function deployment(signing: Partial<FactoryConfig["signing"]> = {}): Deployment {
  const base = deploymentWith(cloud.session(), {}, directory);
  const config = { ...base.config, regions, signing: { ...base.config.signing, ...signing } };
  const region = ({ region: name }: { readonly region: string }) => cloud.session({ region: name });
  const home = homeAt(directory);
  return { ...base, config, home, region, project: () => cloud.session() } as unknown as Deployment;
}

test("is issued by the factory's CA, kept where there is a key manager, and readable for the deployer's user", async () => {
  const { certificate, ids, without } = await imageCertificate(deployment(), key, regions);
  const made = new X509Certificate(certificate);
  expect(made.publicKey.equals(publicKey)).toBe(true);
  expect(made.subject).toBe("CN=Image signatures of factory demo");
  expect(made.keyUsage).toEqual(["1.3.6.1.5.5.7.3.3"]);
  expect(barbican.payloads(NAME)).toEqual([certificate]);
  expect(Object.keys(ids)).toEqual(["RegionOne"]);
  expect(barbican.readers.get(ids["RegionOne"]!)).toEqual(["u1"]);
  expect(without).toEqual(["RegionTwo: has no key manager; images carry no signature for Glance there"]);
});

test("is the same for the next build, and readable for those whom the configuration names", async () => {
  const first = await imageCertificate(deployment(), key, regions);
  const again = await imageCertificate(deployment({ certificateReaders: ["u7"] }), key, regions);
  expect(again).toEqual(first);
  expect(barbican.payloads(NAME)).toHaveLength(1);
  expect(barbican.readers.get(first.ids["RegionOne"]!)).toEqual(["u1", "u7"]);
});

test("is another one when the one there is of another key, broken, or soon at its end", async () => {
  const other = generateKeyPairSync("ec", { namedCurve: "secp384r1" }).publicKey;
  barbican.put(NAME, await certificateOf(other));
  barbican.put(NAME, "broken");
  // of thirty days
  barbican.put(NAME, await certificateOf(publicKey));
  const { certificate } = await imageCertificate(deployment(), key, regions);
  expect(barbican.payloads(NAME)).toHaveLength(4);
  expect(Date.parse(new X509Certificate(certificate).validTo)).toBeGreaterThan(Date.now() + 9 * 365 * 24 * 3600_000);
});

test("may be brought; one of another key is refused", async () => {
  const file = path.join(directory, "brought.crt");
  writeFileSync(file, await certificateOf(publicKey));
  const { certificate } = await imageCertificate(deployment({ imageCertificate: file }), key, regions);
  expect(barbican.payloads(NAME)).toEqual([certificate]);
  writeFileSync(file, await certificateOf(generateKeyPairSync("ec", { namedCurve: "secp384r1" }).publicKey));
  await expect(imageCertificate(deployment({ imageCertificate: file }), key, regions)).rejects.toThrow(
    `signing.imageCertificate: ${file}: is not that of the key signing.imageKey`,
  );
  writeFileSync(file, "no PEM");
  await expect(imageCertificate(deployment({ imageCertificate: file }), key, regions)).rejects.toThrow(
    /^signing\.imageCertificate: .*: is no PEM certificate that can be read/,
  );
});

test("an account that may not use the key manager leaves images unsigned there, and is told so", async () => {
  cloud.on("GET /key-manager/v1/secrets", { status: 403, json: { title: "Forbidden" } });
  const file = path.join(directory, "brought.crt");
  writeFileSync(file, await certificateOf(publicKey));
  const { ids, without } = await imageCertificate(deployment({ imageCertificate: file }), key, [one!]);
  expect(ids).toEqual({});
  expect(without[0]).toMatch(/^RegionOne: the account may not use the key manager \(it needs the role "creator"\)/);
});

test("what a destroy keeps: the certificates of all keys, where they lie; a region without a key manager has none", async () => {
  await imageCertificate(deployment(), key, regions);
  barbican.put("demo-image-signing-0123456789abcdef", "of a former key");
  barbican.put("other-image-signing-0123456789abcdef", "another factory's");
  expect(await keptCertificates(deployment())).toEqual([
    { name: NAME, region: "RegionOne", id: expect.any(String) as string },
    { name: "demo-image-signing-0123456789abcdef", region: "RegionOne", id: expect.any(String) as string },
  ]);
});

test("an account that may not use the key manager has put none there; any other failure is told", async () => {
  cloud.on("GET /key-manager/v1/secrets", { status: 403, json: { title: "Forbidden" } });
  expect(await keptCertificates(deployment())).toEqual([]);
  cloud.on("GET /key-manager/v1/secrets", { status: 500, json: {} });
  await expect(keptCertificates(deployment())).rejects.toThrow(/500/);
});

test("purging deletes the certificates of all keys, and nothing else", async () => {
  await imageCertificate(deployment(), key, regions);
  barbican.put("demo-image-signing-0123456789abcdef", "of a former key");
  barbican.put("demo-image-signatures", "somebody's");
  const lines = await purgeCertificates(deployment());
  expect(lines).toEqual([
    `certificate ${NAME} in RegionOne: deleted`,
    "certificate demo-image-signing-0123456789abcdef in RegionOne: deleted",
  ]);
  expect(barbican.names().filter((name) => name.includes("image"))).toEqual(["demo-image-signatures"]);
});
