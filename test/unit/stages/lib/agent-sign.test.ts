import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { issue, makeAuthority } from "../../../../deployer/authority";
import { parseAuthority } from "../../../../deployer/authority-file";
import { GnupgHome } from "../../../../deployer/gnupg";
import {
  certifiedKey,
  ecdsaDer,
  signDigest,
  verifyBytes,
  verifyFileSignature,
} from "../../../../stages/lib/agent-sign";
import { decodeData } from "../../../../stages/lib/assuan";
import { envelope, keyId, preAuthEncoding } from "../../../../model/dsse";
import { parseSExpression, valueNamed } from "../../../../stages/lib/s-expression";
import { certificateOf } from "../../../support/certificate";

// Sockets have short paths.
const directory = mkdtempSync(path.join(tmpdir(), "s-"));
const home = path.join(directory, "owner");
const socket = path.join(home, "S.gpg-agent.extra");
let keygrip = "";
let otherKeygrip = "";
let certificate = "";

const gpg = (...args: string[]): string =>
  execFileSync("gpg", ["--homedir", home, "--batch", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
const sha384 = (content: string | Buffer): Buffer => createHash("sha384").update(content).digest();

function newKey(name: string, algorithm: string): string {
  gpg("--passphrase", "", "--quick-generate-key", name, algorithm, "sign", "never");
  return /^grp:::::::::([0-9A-F]{40}):/m.exec(gpg("--with-colons", "--with-keygrip", "--list-keys", name))?.[1] ?? "";
}

beforeAll(async () => {
  mkdirSync(home, { mode: 0o700 });
  keygrip = newKey("Images <images@example.org>", "nistp384");
  otherKeygrip = newKey("Other <other@example.org>", "ed25519");
  execFileSync("gpg-connect-agent", ["--homedir", home, "/bye"], { stdio: "ignore" });
  certificate = await certificateOf(await new GnupgHome(home).agentKey(keygrip));
});
afterAll(() => {
  execFileSync("gpgconf", ["--homedir", home, "--kill", "gpg-agent"]);
  rmSync(directory, { recursive: true });
});

test("a digest is signed through the agent's restricted socket; OpenSSL accepts the signature", async () => {
  const file = path.join(directory, "image");
  writeFileSync(file, "the image's bytes");
  const key = certifiedKey(certificate);
  // r and s are random: leading zeros and escaped bytes come up sooner or later
  for (let round = 0; round < 30; round++) {
    const signature = await signDigest({ socket, keygrip }, sha384("the image's bytes"));
    expect(verifyBytes(Buffer.from("the image's bytes"), signature, key)).toBe(true);
    expect(signature.toString("base64").length).toBeLessThan(255);
    if (round === 0) writeFileSync(`${file}.sig`, signature);
  }
  writeFileSync(path.join(directory, "key.pem"), key.export({ type: "spki", format: "pem" }));
  const openssl = ["dgst", "-sha384", "-verify", path.join(directory, "key.pem"), "-signature", `${file}.sig`, file];
  expect(execFileSync("openssl", openssl, { encoding: "utf8" })).toBe("Verified OK\n");
});

test("other bytes, or another key, are no match", async () => {
  const file = path.join(directory, "tampered");
  writeFileSync(file, "the image's bytes!");
  const signature = await signDigest({ socket, keygrip }, sha384("the image's bytes"));
  const key = certifiedKey(certificate);
  expect(await verifyFileSignature(file, signature, key)).toBe(false);
  writeFileSync(file, "the image's bytes");
  expect(await verifyFileSignature(file, signature, key)).toBe(true);
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
  expect(verifyBytes(Buffer.from("the image's bytes"), signature, publicKey)).toBe(false);
});

test("a key that the agent does not have is an error with the agent's word", async () => {
  await expect(signDigest({ socket, keygrip: "C".repeat(40) }, sha384(""))).rejects.toThrow(
    /^gpg agent: No secret key/,
  );
});

test("a key of another kind is refused", async () => {
  await expect(signDigest({ socket, keygrip: otherKeygrip }, sha384(""))).rejects.toThrow(
    /made no ECDSA signature; it has to be a P-384 key/,
  );
});

test("an agent that goes away in the middle is an error, not a wait", async () => {
  const gone = path.join(directory, "gone");
  const server: Server = createServer((client) => client.write("OK Pleased to meet you\n", () => client.end()));
  await new Promise<void>((resolve) => server.listen(gone, resolve));
  try {
    await expect(signDigest({ socket: gone, keygrip }, sha384(""))).rejects.toThrow(/closed the connection/);
  } finally {
    server.close();
  }
});

test("numbers become ASN.1 integers: no leading zeros, never negative", () => {
  const der = ecdsaDer(Buffer.from("0000ff", "hex"), Buffer.from("007f01", "hex"));
  expect(der.toString("hex")).toBe("3008" + "020200ff" + "02027f01");
  expect(ecdsaDer(Buffer.from("00", "hex"), Buffer.from("01", "hex")).toString("hex")).toBe("3006020100020101");
});

test("an agent's data lines are put together and unescaped", () => {
  expect(decodeData([Buffer.from("a%25b"), Buffer.from("%0D%0Ac\xff", "latin1")])).toEqual(
    Buffer.from("a%b\r\nc\xff", "latin1"),
  );
});

test("S-expressions nest, and broken ones are refused", () => {
  const expression = parseSExpression(Buffer.from("(7:sig-val(5:ecdsa(1:r2:())(1:s1:x)))\0", "latin1"));
  expect(valueNamed(expression, "r")?.toString()).toBe("()");
  expect(valueNamed(expression, "s")?.toString()).toBe("x");
  expect(valueNamed(expression, "q")).toBeUndefined();
  for (const broken of ["(1:a", "(9:a)", "(x)", ""]) {
    expect(() => parseSExpression(Buffer.from(broken))).toThrow("no canonical S-expression");
  }
});

test("a certificate of another curve is refused", async () => {
  const other = parseAuthority(await makeAuthority("test"), "test");
  const { certificate: leaf } = await issue(other, { commonName: "node", dnsNames: ["node"] });
  expect(() => certifiedKey(leaf)).toThrow(/is not one of a P-384 key/);
});

test("a DSSE envelope signs type and payload, as the specification's own example encodes them", async () => {
  expect(preAuthEncoding("http://example.com/HelloWorld", Buffer.from("hello world")).toString()).toBe(
    "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
  );
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
  const made = await envelope(Buffer.from("{}"), publicKey, (bytes) =>
    Promise.resolve(sign("sha384", bytes, privateKey)),
  );
  expect(made).toMatchObject({ payloadType: "application/vnd.in-toto+json", payload: "e30=" });
  expect(made.signatures[0]?.keyid).toBe(keyId(publicKey));
  const signature = Buffer.from(made.signatures[0]?.sig ?? "", "base64");
  expect(verifyBytes(Buffer.from("DSSEv1 28 application/vnd.in-toto+json 2 {}"), signature, publicKey)).toBe(true);
});
