import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { X509Certificate } from "node:crypto";
import { authorityOf, issue, makeAuthority } from "../../../deployer/authority";
import { parseAuthority } from "../../../deployer/authority-file";

const folder = mkdtempSync(path.join(os.tmpdir(), "authority-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NODE = { commonName: "node", dnsNames: ["node.demo.internal"] };
const WHERE = "factory.yaml: secrets.ca (file:ca.pem)";

const openssl = (...args: readonly string[]): void => {
  execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
};
const read = (name: string): string => readFileSync(path.join(folder, name), "utf8");

/** A certificate and its key, made by openssl: `name.pem`, `name.key`. */
function certify(name: string, key: readonly string[], ...args: readonly string[]): string {
  openssl("genpkey", ...key, "-out", `${name}.key`);
  openssl("req", "-x509", "-new", "-key", `${name}.key`, "-subj", `/CN=${name}`, "-out", `${name}.pem`, ...args);
  return read(`${name}.pem`) + read(`${name}.key`);
}
const P256 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const RSA = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
const CA = ["-addext", "keyUsage=critical,keyCertSign", "-days", "100"];

const problem = (pem: string): string => {
  try {
    parseAuthority(pem, WHERE);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("was accepted");
};

describe("a CA of one's own", () => {
  test.each([
    ["RSA", RSA],
    ["P-256", P256],
    ["P-384", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]],
    ["P-521", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]],
  ])("with a key of kind %s issues certificates that OpenSSL accepts", async (kind, key) => {
    const authority = parseAuthority(certify(`own-${kind}`, key, ...CA), WHERE);
    writeFileSync(path.join(folder, "leaf.pem"), (await issue(authority, NODE)).certificate);
    openssl("verify", "-x509_strict", "-CAfile", `own-${kind}.pem`, "leaf.pem");
    expect(authorityOf(authority).certificate.trim()).toBe(read(`own-${kind}.pem`).trim());
  });

  test("may have its key in the older forms", () => {
    certify("older", P256, ...CA);
    openssl("ec", "-in", "older.key", "-out", "sec1.key");
    expect(read("sec1.key")).toContain("BEGIN EC PRIVATE KEY");
    expect(parseAuthority(read("sec1.key") + read("older.pem"), WHERE).key.asymmetricKeyType).toBe("ec");
  });

  test("that is below another one is trusted with all those above it, in whatever order they are given", async () => {
    certify("root", P256, ...CA);
    openssl("genpkey", ...P256, "-out", "middle.key");
    openssl("req", "-new", "-key", "middle.key", "-subj", "/CN=middle", "-out", "middle.csr");
    writeFileSync(
      path.join(folder, "middle.cnf"),
      "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n",
    );
    const signed = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-extfile", "middle.cnf"];
    openssl("x509", "-req", "-in", "middle.csr", "-out", "middle.pem", ...signed);
    const authority = parseAuthority(read("root.pem") + read("middle.key") + read("middle.pem"), WHERE);
    expect(new X509Certificate(authority.certificate).subject).toBe("CN=middle");
    writeFileSync(path.join(folder, "chain.pem"), authority.certificate);
    writeFileSync(path.join(folder, "leaf.pem"), (await issue(authority, NODE)).certificate);
    openssl("verify", "-x509_strict", "-CAfile", "chain.pem", "leaf.pem");
    expect(problem(read("middle.key") + read("middle.pem"))).toBe(
      `${WHERE}: the certificate of its issuer (CN=root) is missing; add all up to the root`,
    );
  });
});

test("further CAs that are given without a key are trusted too", async () => {
  const [own, coming] = [await makeAuthority("own"), await makeAuthority("coming")];
  const certificate = coming.slice(0, coming.indexOf("-----BEGIN PRIVATE"));
  const { certificate: trusted } = parseAuthority(certificate + own, WHERE);
  const subjects = trusted.split(/(?=-----BEGIN)/).map((pem) => new X509Certificate(pem).subject.split("\n")[0]);
  expect(subjects).toEqual(["CN=CA of factory own", "CN=CA of factory coming"]);
});

describe("is refused, in one line that says why:", () => {
  let generated: string;
  beforeAll(async () => {
    generated = await makeAuthority("demo");
  });
  const certificateOf = (pem: string): string => pem.slice(0, pem.indexOf("-----BEGIN PRIVATE"));
  const keyOf = (pem: string): string => pem.slice(pem.indexOf("-----BEGIN PRIVATE"));

  test("what is no PEM, or only one half", () => {
    expect(problem("hunter2-secret")).toBe(
      `${WHERE}: holds no certificate; it has to be PEM with certificate and private key`,
    );
    expect(problem(certificateOf(generated))).toBe(`${WHERE}: holds no private key; it has to hold exactly one`);
    expect(problem(generated + keyOf(generated))).toContain("holds several private keys");
    expect(problem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + keyOf(generated))).toContain(
      "holds a certificate that can't be read",
    );
    const broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    expect(problem(certificateOf(generated) + broken)).toBe(
      `${WHERE}: holds a private key that can't be read; it has to be PEM`,
    );
  });

  test("a key that belongs to another certificate", async () => {
    expect(problem(certificateOf(generated) + keyOf(await makeAuthority("demo")))).toBe(
      `${WHERE}: its private key is not that of its certificate`,
    );
  });

  test("an encrypted key, in the newer and the older form", () => {
    certify("locked", RSA, ...CA);
    openssl("pkcs8", "-topk8", "-in", "locked.key", "-out", "pkcs8.key", "-passout", "pass:hunter2");
    openssl("rsa", "-in", "locked.key", "-aes256", "-traditional", "-out", "pkcs1.key", "-passout", "pass:hunter2");
    expect(read("pkcs1.key")).toContain("DEK-Info: AES-256-CBC");
    for (const key of ["pkcs8.key", "pkcs1.key"])
      expect(problem(read("locked.pem") + read(key))).toBe(
        `${WHERE}: its private key is encrypted; give it without a passphrase`,
      );
  });

  test("a certificate that may not issue others", async () => {
    const leaf = await issue(parseAuthority(generated, WHERE), NODE);
    expect(problem(leaf.certificate + leaf.privateKey)).toContain(
      "its certificate (CN=node) is not that of a CA: it may not issue certificates",
    );
    const wrongUsage = ["-addext", "keyUsage=critical,digitalSignature", "-days", "100"];
    expect(problem(certify("usage", P256, ...wrongUsage))).toContain("(CN=usage) is not that of a CA");
  });

  test("one that has expired, or is not valid yet", () => {
    const now = Date.now();
    const at = (days: number): Date => new Date(now + days * 24 * 3600_000);
    expect(() => parseAuthority(generated, WHERE, at(3700))).toThrow(/CN=CA of factory demo, OU=.*\) expired on 20/);
    expect(() => parseAuthority(generated, WHERE, at(-1))).toThrow("is valid only from");
  });

  test("a key of a kind that is not signed with", () => {
    expect(problem(certify("ed", ["-algorithm", "ED25519"], ...CA))).toBe(
      `${WHERE}: its key is neither RSA nor on one of the curves P-256, P-384, P-521`,
    );
  });
});
