import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { SecretHunt, suspiciousFiles } from "../../support/secrets";
import { secretsInJson } from "../../support/host-secrets";

const value = 'pa"ss word/of the+build=host';
const hunt = new SecretHunt();
hunt.add({ what: "planted", value }, { what: "key", value: Buffer.from("00ff10203040506070809000aabbccdd", "hex") });

describe("a secret is found", () => {
  const base64 = (before: string, after: string): string => Buffer.from(before + value + after).toString("base64");
  test.each([
    ["as it is", `x${value}y`],
    ["in JSON", JSON.stringify({ value })],
    ["in a URL", `http://x/?p=${encodeURIComponent(value)}`],
    ["in hexadecimal", `0x${Buffer.from(value).toString("hex")}`],
    ...["", "a", "ab", "abc"].flatMap((before) =>
      ["", "x", "xy"].map((after) => [`in base64 after "${before}" and before "${after}"`, base64(before, after)]),
    ),
  ])("%s", (_, text) => {
    expect(hunt.inText("here", text)).toEqual(["here: planted"]);
  });

  test("as bytes written in upper-case hexadecimal", () => {
    expect(hunt.inText("here", "(d #00FF10203040506070809000AABBCCDD#)")).toEqual(["here: key"]);
  });

  test("in compressed user data, and in what is encoded inside of it", () => {
    const inner = gzipSync(`hidden ${value}`).toString("base64");
    expect(hunt.inUserData("vm", gzipSync(`#cloud-config\n${value}`).toString("base64"))).toEqual(["vm: planted"]);
    expect(hunt.inUserData("vm", gzipSync(`content: ${inner}`).toString("base64"))).toEqual(["vm: planted"]);
    expect(hunt.inUserData("vm", gzipSync("#cloud-config\npackages: [curl]\n").toString("base64"))).toEqual([]);
  });
});

test("what is no secret is not found, and too short ones are refused", () => {
  expect(hunt.inText("here", "pass word of the build host")).toEqual([]);
  expect(() => hunt.add({ what: "short", value: "secret" })).toThrow(/too short/);
});

describe("in files", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "factory-secrets-"));
  afterAll(() => rmSync(directory, { recursive: true }));
  const at = (name: string): string => path.join(directory, name);

  test("with their names, binary ones too, links left out", async () => {
    writeFileSync(at("log"), `a\nb ${value} c\n`);
    writeFileSync(at("binary"), Buffer.concat([Buffer.from([0, 1, 2]), Buffer.from(value), Buffer.from([0])]));
    writeFileSync(at("clean"), "nothing\n");
    symlinkSync(at("log"), at("link"));
    const needles = path.join(tmpdir(), `needles-${process.pid}`);
    try {
      expect((await hunt.inFiles([directory], needles)).sort()).toEqual([
        `${at("binary")}: planted`,
        `${at("log")}: planted`,
      ]);
      await expect(hunt.inFiles([at("missing")], needles)).rejects.toThrow(/No such file/);
    } finally {
      rmSync(needles);
    }
  });

  test("private keys and tokens are noticed whoever's they are", async () => {
    writeFileSync(at("key"), "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    writeFileSync(at("token"), `X-Auth-Token: gAAAAAB${"x".repeat(120)}\n`);
    expect((await suspiciousFiles([directory])).sort()).toEqual([at("key"), at("token")]);
  });
});

test("values that a document's keys call secret", () => {
  const document = { build: { authUrl: "http://x", applicationCredentialSecret: "abc" }, list: [{ token: "def" }] };
  expect(secretsInJson("file", document)).toEqual([
    { what: "file", value: "abc" },
    { what: "file", value: "def" },
  ]);
});
