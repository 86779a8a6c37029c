import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Deployment } from "../../../deployer/deployment";
import { openImageKey } from "../../../deployer/image-key";
import { prepareImageSigning, probeRegions, type PreparedSigning } from "../../../deployer/image-signing";
import { verifyBytes } from "../../../stages/lib/agent-sign";
import type { CloudServer, Seen } from "../openstack/cloud-server";
import { FakeBarbican } from "../openstack/fake-barbican";
import { deploymentWith } from "./secrets/context";

jest.mock("../../../deployer/image-key", () => ({ openImageKey: jest.fn() }));

const directory = mkdtempSync(path.join(tmpdir(), "image-signing-"));
afterAll(() => rmSync(directory, { recursive: true }));
let cloud: CloudServer;
let said: string[];
beforeEach(async () => {
  ({ cloud } = await FakeBarbican.start());
  cloud.on("POST /v3/auth/tokens", cloud.tokenReply());
  said = [];
});
afterEach(() => cloud.stop());
const say = (line: string): void => void said.push(line);

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
const key = {
  keygrip: "AB".repeat(20),
  publicKey,
  sign: (content: Buffer) => Promise.resolve(sign("sha384", content, privateKey)),
};
const home = { name: "one", cloud: "build", region: "RegionOne" };
const other = { name: "two", cloud: "build-r2", region: "RegionTwo" };

/** RegionOne has a key manager, RegionTwo has none. */
function deployment(): Deployment {
  const base = deploymentWith(cloud.session(), {}, directory);
  const region = ({ region: name }: { readonly region: string }) => cloud.session({ region: name });
  return { ...base, region, project: () => cloud.session() } as unknown as Deployment;
}

describe("before a build", () => {
  test("without an image key images are not signed, and no key manager is asked", async () => {
    jest.mocked(openImageKey).mockResolvedValue(undefined);
    expect(await prepareImageSigning(deployment(), { home, regions: [other] }, say)).toBeUndefined();
    expect(cloud.seen).toEqual([]);
    expect(said).toEqual([]);
  });

  test("the build is told the key, its certificate and where that lies; a region without a key manager is told of", async () => {
    jest.mocked(openImageKey).mockResolvedValue(key);
    const prepared = await prepareImageSigning(deployment(), { home, regions: [other] }, say);
    expect(prepared?.signing).toEqual({
      keygrip: key.keygrip,
      keyType: "ECC_SECP384R1",
      hashMethod: "SHA-384",
      certificate: expect.stringContaining("BEGIN CERTIFICATE") as string,
      certificates: { one: expect.any(String) as string },
      verifiedAtUpload: [],
    });
    expect(prepared?.key).toBe(key);
    expect(said).toEqual(["two: has no key manager; images carry no signature for Glance there"]);
  });
});

describe("which regions verify at the upload", () => {
  const [BUILD, ID] = ["debian-12-202601010000-0a1b", "3f0c54c5-47a4-4a0e-9a0b-3b6f7d1c9b11"];
  const plan = { build: BUILD, tags: ["image-factory", `build=${BUILD}`], home, regions: [other] };
  const prepared: PreparedSigning = {
    key,
    signing: {
      keygrip: key.keygrip,
      keyType: "ECC_SECP384R1",
      hashMethod: "SHA-384",
      certificate: "PEM",
      certificates: { one: "c1", two: "c2" },
      verifiedAtUpload: [],
    },
  };
  const credential = { authUrl: "", applicationCredentialId: "id", applicationCredentialSecret: "s3cret" };
  const glance = (at: string, upload: number): void => {
    cloud
      .on(`POST ${at}/v2/images`, { status: 201, json: { id: ID } })
      .on(`PUT ${at}/v2/images/${ID}/file`, { status: upload })
      .on(`GET ${at}/v2/images/${ID}`, { json: { id: ID, status: "active" } })
      .on(`DELETE ${at}/v2/images/${ID}`, { status: 204 });
  };
  const probe = (changes: Partial<PreparedSigning["signing"]> = {}, known: readonly string[] = ["build", "build-r2"]) =>
    probeRegions(
      { key, signing: { ...prepared.signing, ...changes } },
      plan,
      Object.fromEntries(known.map((name) => [name, { ...credential, authUrl: cloud.url }])),
      say,
    );

  test("those whose Glance takes a signed image by the build's own credential; the others are told of", async () => {
    glance("", 204);
    glance("/two", 500);
    expect((await probe()).verifiedAtUpload).toEqual(["one"]);
    expect(said).toEqual([
      "two: Glance can not verify what a build host uploads; the signature is told when the image is active",
    ]);
    expect(cloud.calls(`DELETE /v2/images/${ID}`)).toHaveLength(1);
    expect(cloud.calls(`DELETE /two/v2/images/${ID}`)).toHaveLength(1);
    const methods = cloud.calls("POST /v3/auth/tokens").map(({ body }) => body);
    expect(methods.every((body) => body.includes('"application_credential"'))).toBe(true);
  });

  test("the probe is signed by the image key, over the very bytes that are uploaded, and carries the build's tags", async () => {
    glance("", 204);
    await probe({ certificates: { one: "c1" } });
    const asked = JSON.parse(cloud.calls("POST /v2/images")[0]!.body) as Record<string, unknown>;
    expect(asked).toMatchObject({
      name: `${BUILD}-signature-probe`,
      tags: plan.tags,
      img_signature_certificate_uuid: "c1",
      img_signature_hash_method: "SHA-384",
      img_signature_key_type: "ECC_SECP384R1",
    });
    const [uploaded] = cloud.calls(`PUT /v2/images/${ID}/file`) as [Seen];
    const signature = Buffer.from(String(asked["img_signature"]), "base64");
    expect(verifyBytes(Buffer.from(uploaded.body), signature, publicKey)).toBe(true);
  });

  test("a region without a certificate is not asked", async () => {
    glance("", 204);
    expect((await probe({ certificates: { one: "c1" } })).verifiedAtUpload).toEqual(["one"]);
    expect(cloud.seen.some(({ path: asked }) => asked.startsWith("/two/"))).toBe(false);
    expect(said).toEqual([]);
  });

  test("fails when a region's credential is missing: that is no answer of its Glance", async () => {
    glance("", 204);
    await expect(probe({}, ["build"])).rejects.toThrow("build-r2: no credential was issued for it");
  });
});
