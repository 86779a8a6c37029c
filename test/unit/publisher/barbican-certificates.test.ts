import { generateKeyPairSync } from "node:crypto";
import { barbicanCertificates } from "../../../publisher/barbican-certificates";
import { certificateOf } from "../../support/certificate";
import type { CloudServer } from "../openstack/cloud-server";
import { FakeBarbican } from "../openstack/fake-barbican";

const newCertificate = async (): Promise<string> =>
  certificateOf(generateKeyPairSync("ec", { namedCurve: "secp384r1" }).publicKey);

let cloud: CloudServer;
let barbican: FakeBarbican;
beforeEach(async () => ({ cloud, barbican } = await FakeBarbican.start()));
afterEach(() => cloud.stop());

test("a region of which nothing is told is asked nothing", () => {
  expect(barbicanCertificates("demo", {})).toEqual({});
});

test("a copy is kept once, is found again by what it is, and is what a customer reads", async () => {
  const session = cloud.session();
  const { place, seen } = barbicanCertificates("demo", { customer: session, certificates: session });
  const pem = await newCertificate();
  expect(await place!.find(pem)).toBeUndefined();
  const id = await place!.keep(pem);
  expect(barbican.names()).toEqual([expect.stringMatching(/^demo-published-images-[0-9a-f]{16}$/)]);
  expect(await place!.find(pem)).toBe(id);
  expect(await place!.find(await newCertificate())).toBeUndefined();
  expect(await seen!(id)).toBe(pem);
});

test("what somebody else has put there under its name is no copy", async () => {
  const { place } = barbicanCertificates("demo", { certificates: cloud.session() });
  const pem = await newCertificate();
  await place!.keep(pem);
  const [name = ""] = barbican.names();
  barbican.secrets.clear();
  barbican.put(name, "something else");
  expect(await place!.find(pem)).toBeUndefined();
});
