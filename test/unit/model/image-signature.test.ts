import { signatureProperties } from "../../../model/image-signature";

const signature = { keygrip: "A".repeat(40), keyType: "ECC_SECP384R1", hashMethod: "SHA-384", value: "MGU=" };
const certificates = { one: "7f5b3c1e-0000-4000-8000-000000000001", two: "7f5b3c1e-0000-4000-8000-000000000002" };
const signing = { certificates, verifiedAtUpload: ["one"] };

test("all four properties with the region's own certificate, at the creation where Glance verifies the upload", () => {
  expect(signatureProperties(signing, signature, { region: "one", moment: "create" })).toEqual({
    img_signature: "MGU=",
    img_signature_hash_method: "SHA-384",
    img_signature_key_type: "ECC_SECP384R1",
    img_signature_certificate_uuid: "7f5b3c1e-0000-4000-8000-000000000001",
  });
  expect(signatureProperties(signing, signature, { region: "one", moment: "active" })).toEqual({});
});

test("later elsewhere: Glance would refuse an upload that it can not verify", () => {
  expect(signatureProperties(signing, signature, { region: "two", moment: "create" })).toEqual({});
  expect(signatureProperties(signing, signature, { region: "two", moment: "active" })).toMatchObject({
    img_signature_certificate_uuid: "7f5b3c1e-0000-4000-8000-000000000002",
  });
});

test("never in a region without a certificate, for an unsigned image, or by a plan that signs none", () => {
  for (const moment of ["create", "active"] as const) {
    expect(signatureProperties(signing, signature, { region: "three", moment })).toEqual({});
    expect(signatureProperties(signing, undefined, { region: "one", moment })).toEqual({});
    expect(signatureProperties(undefined, signature, { region: "one", moment })).toEqual({});
  }
});
