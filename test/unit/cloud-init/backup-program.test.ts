/** The program that makes and restores backups, against a bucket of the test's own. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { BACKUP, type BackupAccess } from "../../../model/backup";

const PROGRAM = path.join(__dirname, "..", "..", "..", BACKUP.source);
const NODE = "demo-controller";
const object = (stamp: string): string => `${NODE}/${stamp}.tar.gz.gpg`;

let directory: string;
let server: http.Server;
let objects: Map<string, Buffer>;
/** What the bucket answers instead, by method. */
let broken: Partial<Record<string, number>>;
let seen: string[];

const inside = (...parts: string[]): string => path.join(directory, ...parts);
const script = (name: string, text: string): void =>
  writeFileSync(inside("bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
const secret = (name: string, content: string): void => writeFileSync(inside("credentials", name), content);

function handOver(fields: Partial<BackupAccess> = {}): void {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const access: BackupAccess = {
    node: NODE,
    identity: `${url}/v3`,
    id: "credential",
    secret: "hunter2",
    expires: new Date(Date.now() + 100 * 86_400_000).toISOString(),
    bucket: `${url}/v1/AUTH_p/backups`,
    keep: 2,
    ...fields,
  };
  secret(BACKUP.access, JSON.stringify(access));
}

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "backup-"));
  for (const name of ["bin", "credentials", "state"]) mkdirSync(inside(name));
  objects = new Map();
  broken = {};
  seen = [];
  server = http.createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://cloud");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const name = decodeURIComponent(url.pathname.replace(/^\/v1\/AUTH_p\/backups\/?/, ""));
      seen.push(`${request.method ?? ""} ${url.pathname}`);
      const reply = (status: number, body: string | Buffer = "", headers = {}): void => {
        response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers }).end(body);
      };
      if (url.pathname === "/v3/auth/tokens") return reply(201, "{}", { "X-Subject-Token": "t-1" });
      const status = broken[name === "" ? "LIST" : (request.method ?? "")];
      if (status !== undefined) return reply(status, "no");
      if (request.headers["x-auth-token"] !== "t-1") return reply(401);
      if (name === "") {
        const marker = url.searchParams.get("marker") ?? "";
        const all = [...objects.keys()].sort().filter((one) => one > marker);
        return reply(200, JSON.stringify(all.map((one) => ({ name: one }))));
      }
      if (request.method === "PUT") objects.set(name, Buffer.concat(chunks));
      if (request.method === "GET") return objects.has(name) ? reply(200, objects.get(name)) : reply(404, "none");
      if (request.method === "DELETE") objects.delete(name);
      return reply(request.method === "PUT" ? 201 : 204);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  script("factory-backup-collect", "printf 'state of the node'");
  script("factory-backup-apply", `cat >${inside("applied")}`);
  secret(BACKUP.passphrases, "correct horse\n");
  handOver();
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

function run(...words: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const env = {
    PATH: `${inside("bin")}:${process.env["PATH"] ?? ""}`,
    STATE_DIRECTORY: inside("state"),
    CREDENTIALS_DIRECTORY: inside("credentials"),
    FACTORY_HANDED_OVER: inside("credentials", BACKUP.access),
  };
  const child = spawn("python3", [PROGRAM, ...words], { env, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, said: said.trim() })));
}

const only = (): string => {
  const [name = ""] = [...objects.keys()];
  return /\/(\d{8}T\d{6}Z)\./.exec(name)?.[1] ?? "";
};

describe("a backup", () => {
  test("is encrypted in the bucket, and restored to what it was", async () => {
    const made = await run("make");
    expect(made).toEqual({
      code: 0,
      said: expect.stringMatching(/^backup \S+: \d+ bytes, 1 kept, 0 removed$/) as string,
    });
    const [content = Buffer.alloc(0)] = [...objects.values()];
    expect(content.toString("latin1")).not.toContain("state of the node");
    expect(await run(`restore-${only()}`)).toEqual({ code: 0, said: `backup ${only()}: restored` });
    expect(readFileSync(inside("applied"), "utf8")).toBe("state of the node");
    expect(await run("health")).toEqual({ code: 0, said: `last backup ${only()}, 0 h ago; access for 99 days` });
  });

  test("is restored by a former passphrase too", async () => {
    await run("make");
    secret(BACKUP.passphrases, "a new one\ncorrect horse\n");
    expect((await run(`restore-${only()}`)).code).toBe(0);
  });

  test("that cannot be collected as a whole is not stored, and the last good one stays the last", async () => {
    script("factory-backup-collect", "printf half; exit 1");
    expect(await run("make")).toEqual({ code: 1, said: "factory-backup-collect: exit status 1" });
    expect(objects.size).toBe(0);
    expect((await run("health")).code).toBe(1);
  });

  test("needs a passphrase", async () => {
    secret(BACKUP.passphrases, "\n");
    expect(await run("make")).toEqual({ code: 1, said: "no passphrase was handed over" });
    expect(objects.size).toBe(0);
  });

  test("that the bucket refuses is told", async () => {
    broken = { PUT: 403 };
    expect(await run("make")).toEqual({
      code: 1,
      said: expect.stringMatching(/^PUT \/v1\/AUTH_p\/.*: 403 no$/) as string,
    });
  });
});

describe("old backups", () => {
  const old = ["20200101T000000Z", "20200102T000000Z", "20200103T000000Z"].map(object);
  beforeEach(() => old.forEach((name) => objects.set(name, Buffer.from("x"))));

  test("go beyond the number that is kept, and nothing else does", async () => {
    objects.set(`${NODE}/notes.txt`, Buffer.from("x"));
    objects.set("demo-controller-2/20200101T000000Z.tar.gz.gpg", Buffer.from("x"));
    expect((await run("make")).said).toMatch(/2 kept, 2 removed$/);
    expect([...objects.keys()].filter((name) => !old.includes(name))).toHaveLength(3);
    expect(old.filter((name) => objects.has(name))).toEqual([object("20200103T000000Z")]);
  });

  test("stay when the listing fails, or lacks what was just stored", async () => {
    broken = { LIST: 403 };
    expect((await run("make")).code).toBe(1);
    expect(objects.size).toBe(4);
    expect(seen.some((one) => one.startsWith("DELETE"))).toBe(false);
  });

  test("leave the newest one, whatever the number says", async () => {
    handOver({ keep: 0 });
    expect((await run("make")).said).toMatch(/1 kept, 3 removed$/);
    expect(objects.size).toBe(1);
  });
});

describe("a restore", () => {
  test("touches nothing when the backup is damaged or the passphrase another", async () => {
    await run("make");
    const stamp = only();
    const content = Buffer.from(objects.get(object(stamp)) ?? "");
    objects.set(object(stamp), content.subarray(0, content.length - 4));
    expect(await run(`restore-${stamp}`)).toEqual({
      code: 1,
      said: `backup ${stamp}: is damaged, or no passphrase that was handed over fits`,
    });
    objects.set(object(stamp), content);
    secret(BACKUP.passphrases, "another\n");
    expect((await run(`restore-${stamp}`)).code).toBe(1);
    expect(() => readFileSync(inside("applied"))).toThrow();
  });

  test("of what there is not, or of no backup's name, is told", async () => {
    expect((await run("restore-20200101T000000Z")).said).toMatch(/: 404 none$/);
    expect((await run("restore-../x")).said).toMatch(/^\.\.\/x is no backup/);
  });
});

describe("its health", () => {
  test("is well before the first backup, and after a rebuild knows those in the bucket", async () => {
    expect(await run("health")).toEqual({ code: 1, said: "nothing was handed over yet" });
    expect((await run("check")).said).toBe("the bucket can be reached; there is no backup yet");
    expect(await run("health")).toEqual({ code: 0, said: "no backup yet; access for 99 days" });
    objects.set(object("20200103T000000Z"), Buffer.from("x"));
    expect((await run("check")).said).toBe("1 backups, the newest of 20200103T000000Z");
    expect(await run("health")).toEqual({
      code: 1,
      said: expect.stringMatching(/^last backup 20200103T000000Z, \d+ h ago; none for more than 48 h/) as string,
    });
  });

  test("tells when its access to the bucket is about to end", async () => {
    handOver({ expires: new Date(Date.now() + 3 * 86_400_000).toISOString() });
    await run("check");
    expect((await run("health")).said).toMatch(/^its access to the bucket ends in 2 days: /);
  });
});
