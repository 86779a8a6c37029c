/** A PostgreSQL of a test's own, on this machine's loopback, gone with it. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const BINARIES = "/usr/lib/postgresql";

export class Database {
  static async start(): Promise<Database> {
    const version = readdirSync(BINARIES).sort((a, b) => Number(b) - Number(a))[0] ?? "";
    const directory = mkdtempSync(path.join(tmpdir(), "state-pg-"));
    const database = new Database(path.join(BINARIES, version, "bin"), directory, await freePort());
    chmodSync(directory, 0o711);
    execFileSync("chown", ["postgres", directory]);
    const data = path.join(directory, "data");
    database.run("initdb", "--pgdata", data, "--auth=trust", "--username=states", "--no-sync");
    const options = `-h 127.0.0.1 -p ${database.port} -k ${directory} -c fsync=off`;
    database.run("pg_ctl", "--pgdata", data, "-w", "-t", "60", "-l", path.join(directory, "log"), "-o", options, "start");
    return database;
  }

  private constructor(
    private readonly binaries: string,
    private readonly directory: string,
    readonly port: number,
  ) {}

  stop(): void {
    this.run("pg_ctl", "--pgdata", path.join(this.directory, "data"), "-m", "immediate", "stop");
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** PostgreSQL refuses to be root. */
  private run(program: string, ...args: readonly string[]): void {
    const words = ["-u", "postgres", "--", path.join(this.binaries, program), ...args];
    execFileSync("runuser", words, { cwd: "/", stdio: "ignore", timeout: 120_000 });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
