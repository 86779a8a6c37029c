import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { allRoles, read } from "./all-roles";
import { sshdSettings, writeTree } from "./programs";

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(tmpdir(), "role-"))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

const settings = (role: string): ReadonlyMap<string, string> => {
  const render = allRoles[role];
  if (!render) throw new Error(`there is no role "${role}"`);
  writeTree(folder, read(render()));
  return sshdSettings(folder);
};

test.each(Object.keys(allRoles))("sshd offers no algorithm that ssh-audit fails: %s", (role) => {
  const sshd = settings(role);
  for (const kind of ["kexalgorithms", "ciphers", "macs", "hostkeyalgorithms"])
    expect(sshd.get(kind)).not.toMatch(/nistp|sha1|group1\b|group14|cbc|umac-64|^$/);
  expect(sshd.get("hostkeyalgorithms")).toBe("ssh-ed25519");
});

test("an OpenSSH client of Debian 12 and each node have every kind of algorithm in common", () => {
  const sshd = settings("jump host");
  expect(sshd.get("kexalgorithms")?.split(",")).toContain("curve25519-sha256");
  expect(sshd.get("ciphers")?.split(",")).toContain("aes256-gcm@openssh.com");
  expect(sshd.get("macs")?.split(",")).toContain("hmac-sha2-256-etm@openssh.com");
});

describe("who may forward what", () => {
  test("the jump host connects onwards, and opens nothing towards the client", () => {
    const sshd = settings("jump host");
    expect(sshd.get("allowtcpforwarding")).toBe("local");
    expect(sshd.get("allowstreamlocalforwarding")).toBe("no");
  });

  test("the build host takes the deployer's socket, and connects nowhere", () => {
    const sshd = settings("build host");
    expect(sshd.get("allowtcpforwarding")).toBe("remote");
    expect(sshd.get("allowstreamlocalforwarding")).toBe("remote");
  });

  test("other nodes nothing", () => {
    const sshd = settings("NFS server");
    expect(sshd.get("allowtcpforwarding")).toBe("no");
    expect(sshd.get("allowstreamlocalforwarding")).toBe("no");
    expect(sshd.get("allowagentforwarding")).toBe("no");
  });
});
