import type { Deployment } from "../../../deployer/deployment";
import { serveSignature } from "../../../deployer/late-signature";
import { verifiesAtUpload } from "../../../deployer/signature-probe";
import type { BuildEvent } from "../../../model/events";
import { signatureProperties, signatureRequestData } from "../../../model/image-signature";
import { CloudServer } from "../openstack/cloud-server";

const ID = "3f0c54c5-47a4-4a0e-9a0b-3b6f7d1c9b11";
const BUILD = "debian-12-202601010000-0a1b";
const properties = signatureProperties(
  { certificates: { one: "c1" }, verifiedAtUpload: [] },
  { keygrip: "A".repeat(40), keyType: "ECC_SECP384R1", hashMethod: "SHA-384", value: "MGU=" },
  { region: "one", moment: "active" },
);
let cloud: CloudServer;
let said: string[];
beforeEach(async () => {
  cloud = await CloudServer.start();
  said = [];
});
afterEach(() => cloud.stop());

describe("a build host asks for a signature", () => {
  const serve = async (request: Record<string, unknown>, image: object): Promise<void> => {
    cloud
      .on(`GET /v2/images/${ID}`, { json: { id: ID, visibility: "private", owner: "p1", tags: [], ...image } })
      .on(`PATCH /v2/images/${ID}`, { json: {} });
    const regions = [{ name: "one", cloud: "build", region: "RegionOne" }];
    const deployment = { config: { regions }, region: () => cloud.session() } as unknown as Deployment;
    const event: BuildEvent = { time: "", build: BUILD, stage: "register", state: "progress", data: request };
    await serveSignature(deployment, event, (line) => said.push(line));
  };
  const asked = signatureRequestData({ region: "one", imageId: ID, properties });
  const patches = (): unknown[] => cloud.calls(`PATCH /v2/images/${ID}`).map(({ body }) => JSON.parse(body) as unknown);

  test("and its own private image is told it", async () => {
    await serve(asked, { tags: [`build=${BUILD}`], img_signature: "older" });
    expect(patches()).toEqual([
      [
        { op: "replace", path: "/img_signature", value: "MGU=" },
        { op: "add", path: "/img_signature_hash_method", value: "SHA-384" },
        { op: "add", path: "/img_signature_key_type", value: "ECC_SECP384R1" },
        { op: "add", path: "/img_signature_certificate_uuid", value: "c1" },
      ],
    ]);
    expect(said).toEqual([]);
  });

  test.each([
    ["another build's image", { tags: ["build=other"] }],
    ["another project's image", { tags: [`build=${BUILD}`], owner: "p2" }],
    ["a public image", { tags: [`build=${BUILD}`], visibility: "public" }],
  ])("%s is left alone", async (_, image) => {
    await serve(asked, image);
    expect(patches()).toEqual([]);
    expect(said).toEqual([`one: image ${ID} was not told its signature: it is no private image of build ${BUILD}`]);
  });

  test("for anything but the four properties it asks in vain", async () => {
    const more = { ...properties, visibility: "public" };
    const request = signatureRequestData({ region: "one", imageId: ID, properties: more });
    await serve(request, { tags: [`build=${BUILD}`] });
    await serve({ needsSignature: { region: "one", imageId: ID } }, { tags: [`build=${BUILD}`] });
    expect(cloud.seen.filter(({ path }) => path.includes(ID))).toEqual([]);
  });
});

describe("whether Glance verifies a build host's uploads", () => {
  const probe = (): Promise<boolean> =>
    verifiesAtUpload({
      session: cloud.session({ retry: { attempts: 1 } }),
      name: "probe",
      tags: [],
      content: Buffer.from("few bytes"),
      properties,
    });
  beforeEach(() => {
    cloud
      .on("POST /v2/images", { status: 201, json: { id: ID } })
      .on(`GET /v2/images/${ID}`, { json: { id: ID, status: "active" } })
      .on(`DELETE /v2/images/${ID}`, { status: 204 });
  });
  afterEach(() => expect(cloud.calls(`DELETE /v2/images/${ID}`)).toHaveLength(1));

  test("it does when it takes a signed image, whose properties are there from the start", async () => {
    cloud.on(`PUT /v2/images/${ID}/file`, { status: 204 });
    expect(await probe()).toBe(true);
    expect(JSON.parse(cloud.calls("POST /v2/images")[0]!.body)).toMatchObject(properties);
  });

  test.each([500, 400])("it does not when it answers %d", async (status) => {
    cloud.on(`PUT /v2/images/${ID}/file`, { status });
    expect(await probe()).toBe(false);
  });
});
