import type { ImageSignature, ImageSigning } from "../../../../model/image-signature";
import type { StageContext } from "../../../../stages/lib/stage";
import { tellSignature } from "../../../../stages/lib/tell-signature";
import { CloudServer, type Reply } from "../../openstack/cloud-server";
import { PLAN } from "../plan";

const ID = "3f0c54c5-47a4-4a0e-9a0b-3b6f7d1c9b11";
const SIGNATURE: ImageSignature = {
  keygrip: "A".repeat(40),
  keyType: "ECC_SECP384R1",
  hashMethod: "SHA-384",
  value: "MGU=",
};
const PROPERTIES = {
  img_signature: "MGU=",
  img_signature_hash_method: "SHA-384",
  img_signature_key_type: "ECC_SECP384R1",
  img_signature_certificate_uuid: "c1",
};
const SIGNING: ImageSigning = {
  keygrip: SIGNATURE.keygrip,
  keyType: "ECC_SECP384R1",
  hashMethod: "SHA-384",
  certificate: "",
  certificates: { one: "c1" },
  verifiedAtUpload: [],
};

let cloud: CloudServer;
let told: unknown[];
beforeEach(async () => {
  cloud = await CloudServer.start();
  told = [];
});
afterEach(() => cloud.stop());

/** @param seen what Glance tells of the image, one look after the other */
async function tell(
  seen: readonly Record<string, string>[],
  changes: { readonly signing?: Partial<ImageSigning>; readonly abort?: AbortController } = {},
): Promise<void> {
  const looks = seen.map((properties): Reply => ({ json: { id: ID, status: "active", ...properties } }));
  cloud.on(`GET /v2/images/${ID}`, ...looks);
  const context = {
    plan: { ...PLAN, imageSigning: { ...SIGNING, ...changes.signing } },
    signal: (changes.abort ?? new AbortController()).signal,
    data: () => ({ signature: SIGNATURE }),
    session: () => Promise.resolve(cloud.session()),
    progress: (message: string, data: unknown) => told.push({ message, data }),
  } as unknown as StageContext;
  await tellSignature(context, PLAN.home, ID, { every: 0.01, timeout: 0.2 });
}

test("the deploying side is asked once, and waited for until the image carries all four properties", async () => {
  const half = { img_signature: "MGU=" };
  await tell([{}, half, { ...PROPERTIES, img_signature: "an older one" }, PROPERTIES]);
  expect(told).toEqual([
    {
      message: "one: the deploying side tells Glance the signature",
      data: { needsSignature: { region: "one", imageId: ID, properties: PROPERTIES } },
    },
  ]);
  expect(cloud.calls(`GET /v2/images/${ID}`)).toHaveLength(4);
});

test("what is told already, by an earlier run, is not asked for again", async () => {
  await tell([PROPERTIES]);
  expect(told).toEqual([]);
});

test("this host changes no image", async () => {
  await tell([{}, PROPERTIES]);
  expect([...new Set(cloud.seen.map(({ method }) => method))].sort()).toEqual(["GET", "POST"]);
  expect(cloud.seen.filter(({ method }) => method === "POST").map(({ path }) => path)).toEqual(["/v3/auth/tokens"]);
});

test.each([
  ["Glance verified it at the upload", { verifiedAtUpload: ["one"] }],
  ["the region has no certificate", { certificates: {} }],
])("nothing is asked where %s", async (_, signing) => {
  await tell([{}], { signing });
  expect(told).toEqual([]);
  expect(cloud.seen).toEqual([]);
});

test("fails when nobody answers: says who would and what to do", async () => {
  await expect(tell([{}])).rejects.toThrow(
    `one: image ${ID} has no signature after 0.2 s: the deploying side adds it while it follows the build; deploy again to resume`,
  );
});

test("a build that is stopped waits no longer", async () => {
  const abort = new AbortController();
  const waiting = tell([{}], { abort });
  abort.abort(new Error("the build was cancelled"));
  await expect(waiting).rejects.toThrow("the build was cancelled");
});
