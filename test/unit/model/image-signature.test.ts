import { signatureProperties } from "../../../model/image-signature";

const signature = { keygrip: "A".repeat(40), keyType: "ECC_SECP384R1", hashMethod: "SHA-384", value: "MGU=" };
const signing = { certificates: { one: "7f5b3c1e-0000-4000-8000-000000000001" } };

test("all four properties, with the region's own certificate", () => {
  expect(signatureProperties(signing, signature, "one")).toEqual({
    img_signature: "MGU=",
    img_signature_hash_method: "SHA-384",
    img_signature_key_type: "ECC_SECP384R1",
    img_signature_certificate_uuid: "7f5b3c1e-0000-4000-8000-000000000001",
  });
});

test("none of them in a region without a certificate: Glance would refuse an image that it can not verify", () => {
  expect(signatureProperties(signing, signature, "two")).toEqual({});
});

test("none of them for an image that was not signed, or by a plan that signs none", () => {
  expect(signatureProperties(signing, undefined, "one")).toEqual({});
  expect(signatureProperties(undefined, signature, "one")).toEqual({});
});
