import { execFileSync } from "node:child_process";
import { X509Certificate, createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import tls from "node:tls";
import { authorityOf, issue, makeAuthority, type CertificateAuthority } from "../../../deployer/authority";
import { parseAuthority } from "../../../deployer/authority-file";

const folder = mkdtempSync(path.join(os.tmpdir(), "authority-"));
afterAll(() => rmSync(folder, { recursive: true }));

const DAY = 24 * 3600_000;
const NODE = { commonName: "demo-web-server", dnsNames: ["demo-web-server.demo.internal"], addresses: ["10.60.1.7"] };

function file(name: string, content: string): string {
  const target = path.join(folder, name);
  writeFileSync(target, content);
  return target;
}

/** What `openssl verify` says, at its strictest. */
function verify(trusted: string, leaf: string, ...args: readonly string[]): string {
  const files = ["-CAfile", file("trusted.pem", trusted), file("leaf.pem", leaf)];
  return execFileSync("openssl", ["verify", "-x509_strict", "-check_ss_sig", ...args, ...files], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const openssl = (...args: readonly string[]): string =>
  execFileSync("openssl", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

let authority: CertificateAuthority;
beforeAll(async () => {
  authority = parseAuthority(await makeAuthority("demo"), "test");
});

describe("a new CA", () => {
  test("is a P-384 root of ten years that may issue nothing but nodes' certificates", () => {
    const certificate = new X509Certificate(authority.certificate);
    const text = openssl("x509", "-noout", "-text", "-in", file("ca.pem", authority.certificate));
    expect(certificate.subject).toMatch(/^CN=CA of factory demo\nOU=made \d{4}-\d\d-\d\d$/);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "secp384r1" });
    expect(text).toContain("ecdsa-with-SHA384");
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    const years = (Date.parse(certificate.validTo) - Date.now()) / DAY / 365.25;
    expect(years).toBeCloseTo(10, 1);
  });
});

describe("a certificate of a node", () => {
  test("passes OpenSSL's strictest check for both sides of a connection, by name and by address", async () => {
    const { certificate } = await issue(authority, NODE);
    for (const purpose of ["sslserver", "sslclient"]) {
      const names = ["-verify_hostname", NODE.dnsNames[0]!, "-verify_ip", "10.60.1.7"];
      expect(verify(authority.certificate, certificate, "-purpose", purpose, ...names)).toMatch(/: OK\n$/);
    }
    expect(() => verify(authority.certificate, certificate, "-verify_hostname", "other.demo.internal")).toThrow(
      /ostname mismatch/,
    );
  });

  test("has a P-256 key of its own, says what it may be used for, and is valid for 90 days", async () => {
    const now = new Date("2026-01-31T12:00:00Z");
    const ca = parseAuthority(await makeAuthority("demo", now), "test", now);
    const [one, two] = await Promise.all([issue(ca, NODE, now), issue(ca, NODE, now)]);
    const certificate = new X509Certificate(one.certificate);
    expect(certificate.checkPrivateKey(createPrivateKey(one.privateKey))).toBe(true);
    expect(one.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n[\s\S]+-----END PRIVATE KEY-----\n$/);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    expect(certificate.subject).toBe("CN=demo-web-server");
    expect(certificate.subjectAltName).toBe("DNS:demo-web-server.demo.internal, IP Address:10.60.1.7");
    expect(new Date(certificate.validFrom).toISOString()).toBe("2026-01-31T11:55:00.000Z");
    expect(new Date(certificate.validTo).toISOString()).toBe("2026-05-01T12:00:00.000Z");
    const text = openssl("x509", "-noout", "-text", "-in", file("leaf.pem", one.certificate));
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/Extended Key Usage: \n\s+TLS Web Server Authentication, TLS Web Client Authentication/);
    const serial = certificate.serialNumber;
    expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(new X509Certificate(two.certificate).serialNumber).not.toBe(serial);
    expect(two.privateKey).not.toBe(one.privateKey);
  });

  test("is not valid for longer than its CA", async () => {
    const ca = new X509Certificate(authority.certificate);
    const almostOver = new Date(Date.parse(ca.validTo) - 10 * DAY);
    const { certificate } = await issue(authority, NODE, almostOver);
    expect(new X509Certificate(certificate).validTo).toBe(ca.validTo);
  });

  test("may be for an IPv6 address alone", async () => {
    const { certificate } = await issue(authority, { commonName: "n", dnsNames: [], addresses: ["fd00::7"] });
    expect(verify(authority.certificate, certificate, "-verify_ip", "fd00::7")).toMatch(/: OK\n$/);
  });

  test("is refused for nobody, and for a name that is too long", async () => {
    await expect(issue(authority, { commonName: "n", dnsNames: [] })).rejects.toThrow("no name and no address");
    await expect(issue(authority, { ...NODE, commonName: "n".repeat(65) })).rejects.toThrow("at most 64 characters");
  });

  test("of another CA of the same name is not trusted", async () => {
    const other = parseAuthority(await makeAuthority("demo"), "test");
    const { certificate } = await issue(other, NODE);
    expect(() => verify(authority.certificate, certificate)).toThrow();
    expect(verify(authority.certificate + other.certificate, certificate)).toMatch(/: OK\n$/);
  });
});

describe("a TLS connection", () => {
  test("is made between two nodes that know each other by certificates, and by nothing else", async () => {
    const [server, client, stranger] = await Promise.all([
      issue(authority, { commonName: "server", dnsNames: ["directory.demo.internal"] }),
      issue(authority, { commonName: "client", dnsNames: ["client.demo.internal"] }),
      issue(parseAuthority(await makeAuthority("demo"), "test"), { commonName: "client", dnsNames: ["client"] }),
    ]);
    const { certificate: ca } = authorityOf(authority);
    const listening = tls.createServer(
      { cert: server.certificate, key: server.privateKey, ca, requestCert: true, rejectUnauthorized: true },
      (socket) => socket.end((socket.getPeerCertificate().subject as unknown as { CN: string }).CN),
    );
    listening.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const { port } = listening.address() as AddressInfo;
    const talk = (who: typeof client, servername: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = tls.connect({ port, servername, ca, cert: who.certificate, key: who.privateKey });
        let said = "";
        socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
        socket.on("error", reject);
        socket.on("end", () => resolve(said));
      });
    try {
      expect(await talk(client, "directory.demo.internal")).toBe("client");
      await expect(talk(client, "web.demo.internal")).rejects.toThrow(/altnames/);
      // with TLS 1.3 a client learns of its refusal only when nothing comes
      expect(await talk(stranger, "directory.demo.internal").catch(() => "")).toBe("");
    } finally {
      await new Promise((resolve) => listening.close(resolve));
    }
  });
});
