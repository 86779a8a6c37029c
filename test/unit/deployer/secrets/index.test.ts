import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { makeAuthority } from "../../../../deployer/authority";
import { forgetSecrets, openSecrets } from "../../../../deployer/secrets";
import type { CloudServer } from "../../openstack/cloud-server";
import { FakeBarbican } from "../../openstack/fake-barbican";
import { deploymentWith } from "./context";

const VALUE = "correct horse battery";
const LIST = "GET /key-manager/v1/secrets";
const directory = mkdtempSync(path.join(os.tmpdir(), "secrets-"));
afterAll(() => rmSync(directory, { recursive: true }));

let cloud: CloudServer;
let barbican: FakeBarbican;
beforeEach(async () => ({ cloud, barbican } = await FakeBarbican.start()));
afterEach(() => cloud.stop());

const certificates = (pem: string): string[] => pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END/g) ?? [];
const certificateOf = (pem: string): string => pem.slice(0, pem.indexOf("-----BEGIN PRIVATE"));

describe("a generated secret", () => {
  test("is made at the first use and kept in Barbican by the factory's name", async () => {
    const value = await openSecrets(deploymentWith(cloud.session())).get("directoryReader");
    expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(barbican.names()).toEqual(["demo-directory-reader"]);
    expect(barbican.payloads("demo-directory-reader")).toEqual([value]);
  });

  test("is the same for the next deploy", async () => {
    barbican.put("demo-directory-reader", VALUE);
    expect(await openSecrets(deploymentWith(cloud.session())).get("directoryReader")).toBe(VALUE);
    expect(cloud.calls("POST /key-manager/v1/secrets")).toEqual([]);
  });

  test("is one, however many deploys make it at once", async () => {
    const session = cloud.session();
    const values = await Promise.all(
      Array.from({ length: 5 }, () => openSecrets(deploymentWith(session)).get("backup")),
    );
    expect(new Set(values).size).toBe(1);
    expect(barbican.names()).toEqual(["demo-backup"]);
  });

  test("is the newest of several; all of them are told, the newest first", async () => {
    barbican.put("demo-backup", "old value");
    barbican.put("demo-backup", "new value");
    const secrets = openSecrets(deploymentWith(cloud.session()));
    expect(await secrets.get("backup")).toBe("new value");
    expect(await secrets.all("backup")).toEqual(["new value", "old value"]);
  });

  test("is fetched once a process, until it is said to have changed", async () => {
    barbican.put("demo-backup", "old value");
    const deployment = deploymentWith(cloud.session());
    await Promise.all([openSecrets(deployment).get("backup"), openSecrets(deployment).get("backup")]);
    await openSecrets(deployment).get("backup");
    expect(cloud.calls(LIST)).toHaveLength(1);
    barbican.put("demo-backup", "new value");
    forgetSecrets(deployment);
    expect(await openSecrets(deployment).get("backup")).toBe("new value");
  });

  test("that could not be fetched is fetched again", async () => {
    cloud.on(LIST, { status: 400, text: "not now" });
    const secrets = openSecrets(deploymentWith(cloud.session()));
    await expect(secrets.get("backup")).rejects.toThrow("400: not now");
    new FakeBarbican(cloud).put("demo-backup", VALUE);
    expect(await secrets.get("backup")).toBe(VALUE);
  });

  test("fails when Barbican says no, or is not there, with what to do", async () => {
    cloud.on("POST /key-manager/v1/secrets", { status: 403, text: "Secret creation attempt not allowed" });
    await expect(openSecrets(deploymentWith(cloud.session())).get("backup")).rejects.toThrow(
      /^factory.yaml: secrets.backup \(generate\): test.*: 403: .* role "creator" in project build, or name another source/,
    );
    cloud.catalogue = [];
    await expect(openSecrets(deploymentWith(cloud.session())).get("backup")).rejects.toThrow(
      /no "key-manager" service.*; name another source \(file:, env:, command:\)$/,
    );
  });
});

describe("a secret that the user brings", () => {
  test("comes from its source, and nothing is kept", async () => {
    process.env["FACTORY_TEST_READER"] = VALUE;
    try {
      const deployment = deploymentWith(cloud.session(), { directoryReader: "env:FACTORY_TEST_READER" });
      expect(await openSecrets(deployment).get("directoryReader")).toBe(VALUE);
      expect(cloud.seen).toEqual([]);
    } finally {
      delete process.env["FACTORY_TEST_READER"];
    }
  });

  test("fails in one line that names key and source", async () => {
    const deployment = deploymentWith(cloud.session(), { backup: "env:FACTORY_TEST_NONE" });
    await expect(openSecrets(deployment).get("backup")).rejects.toThrow(
      "factory.yaml: secrets.backup (env:FACTORY_TEST_NONE): this variable is not set in the environment",
    );
    await expect(openSecrets(deploymentWith(cloud.session())).get("smtp")).rejects.toThrow(
      "factory.yaml: secrets.smtp: is not set; write where it comes from, e.g. file:PATH",
    );
  });
});

describe("the CA", () => {
  const request = { commonName: "demo-web-server", dnsNames: ["demo-web-server.demo.internal"] };
  const issuedBy = async (pem: string, trusted: string): Promise<boolean> => {
    const ca = new X509Certificate(trusted);
    return Promise.resolve(new X509Certificate(pem).verify(ca.publicKey));
  };

  test("is made at the first use, with its key, and issues certificates", async () => {
    const { certificate, issue } = await openSecrets(deploymentWith(cloud.session())).authority();
    const [kept = ""] = barbican.payloads("demo-ca");
    expect(kept.startsWith(certificate.trim())).toBe(true);
    expect(kept).toContain("BEGIN PRIVATE KEY");
    expect(certificate).not.toContain("PRIVATE");
    expect(await issuedBy((await issue(request)).certificate, certificate)).toBe(true);
  });

  test("may be the user's own", async () => {
    const own = await makeAuthority("own");
    writeFileSync(path.join(directory, "ca.pem"), own);
    const deployment = deploymentWith(cloud.session(), { ca: `file:${directory}/ca.pem` });
    expect((await openSecrets(deployment).authority()).certificate.trim()).toBe(certificateOf(own).trim());
    expect(cloud.seen).toEqual([]);
  });

  test("fails when the user's own is none, without its content", async () => {
    writeFileSync(path.join(directory, "ca.pem"), VALUE);
    const source = `file:${directory}/ca.pem`;
    await expect(openSecrets(deploymentWith(cloud.session(), { ca: source })).authority()).rejects.toThrow(
      `factory.yaml: secrets.ca (${source}): holds no certificate; it has to be PEM with certificate and private key`,
    );
  });

  test("that is being replaced goes on issuing until all nodes trust the new one", async () => {
    const [old, young] = [await makeAuthority("demo"), await makeAuthority("demo")];
    barbican.put("demo-ca", old);
    barbican.put("demo-ca.rotation", "under way");
    barbican.put("demo-ca", young);
    const before = await openSecrets(deploymentWith(cloud.session())).authority();
    expect(certificates(before.certificate)).toEqual([...certificates(old), ...certificates(young)]);
    expect(await issuedBy((await before.issue(request)).certificate, old)).toBe(true);

    barbican.put("demo-ca.switched", "all nodes trust both");
    const after = await openSecrets(deploymentWith(cloud.session())).authority();
    expect(certificates(after.certificate)).toEqual([...certificates(young), ...certificates(old)]);
    expect(await issuedBy((await after.issue(request)).certificate, young)).toBe(true);
  });
});
