import { generateKeyPairSync, sign } from "node:crypto";
import { envelope, PUBLISH_REQUEST, readEnvelope, signedPayload } from "../../../model/dsse";

const own = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
const other = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
const made = () =>
  envelope(
    Buffer.from("content"),
    own.publicKey,
    (bytes) => Promise.resolve(sign("sha384", bytes, own.privateKey)),
    PUBLISH_REQUEST,
  );

test("gives what a trusted key has signed", async () => {
  const read = readEnvelope(JSON.stringify(await made()), "r");
  expect(signedPayload(read, PUBLISH_REQUEST, [other.publicKey, own.publicKey], "r").toString()).toBe("content");
});

test("refuses another key, another type, another payload, and what nobody has signed", async () => {
  const read = await made();
  const altered = { ...read, payload: Buffer.from("Content").toString("base64") };
  expect(() => signedPayload(read, PUBLISH_REQUEST, [other.publicKey], "r")).toThrow("r: is signed by no key");
  expect(() => signedPayload(read, PUBLISH_REQUEST, [], "r")).toThrow("r: is signed by no key");
  expect(() => signedPayload(read, "text/plain", [own.publicKey], "r")).toThrow(`r: holds ${PUBLISH_REQUEST}, not`);
  expect(() => signedPayload(altered, PUBLISH_REQUEST, [own.publicKey], "r")).toThrow("r: is signed by no key");
  expect(() => readEnvelope(JSON.stringify({ ...read, signatures: [] }), "r")).toThrow("r: is no DSSE envelope");
  expect(() => readEnvelope("{", "r")).toThrow("r: is no JSON");
  expect(() => readEnvelope("null", "r")).toThrow("r: is no DSSE envelope");
});
