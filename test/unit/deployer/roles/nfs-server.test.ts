import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { nfsServer } from "../../../../deployer/roles/nfs-server";
import type { Deployment } from "../../../../deployer/deployment";

const root = path.join(__dirname, "..", "..", "..", "..");
const retention = { builds: 3, buildDays: 14, cacheGiB: 2, freePercent: 10, backups: 1 };
const deployment = { root, config: { retention } } as unknown as Deployment;

test("the NFS server gets the program that prunes the share, and the configuration's policy", async () => {
  const { files = [], credentials } = await nfsServer({ deployment });
  expect(credentials).toBeUndefined();
  const [program, policy] = files;
  expect(policy).toEqual({
    path: "/etc/factory/retention.json",
    content: '{"builds":3,"buildDays":14,"cacheGiB":2}\n',
  });
  const directory = mkdtempSync(path.join(tmpdir(), "prune-"));
  const file = path.join(directory, path.basename(program?.path ?? ""));
  writeFileSync(file, program?.content ?? "");
  const { status, stdout } = spawnSync(process.execPath, [file, "--help"], { cwd: directory, encoding: "utf8" });
  rmSync(directory, { recursive: true });
  expect(status).toBe(0);
  expect(stdout).toContain("usage: prune.js");
});
