/** Debian repositories with a few packages each, behind a small HTTP server. */
import { spawnSync } from "node:child_process";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { sha256 } from "../../../stages/lib/digests";

const INDEX = "main/binary-amd64/Packages.xz";

export class DebianRepository {
  /** Content by path; a test may change it. */
  readonly files = new Map<string, Buffer | string>();
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  private readonly server = http.createServer((request, response) => {
    this.asked.push(request.url ?? "");
    const content = this.files.get(request.url ?? "");
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });

  static async start(): Promise<DebianRepository> {
    const repository = new DebianRepository();
    await new Promise<void>((resolve) => repository.server.listen(0, "127.0.0.1", resolve));
    return repository;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  get mirrors(): { readonly debian: string; readonly debianSecurity: string } {
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return { debian: `${url}/debian`, debianSecurity: `${url}/security/` };
  }

  /** A suite's index and metadata: `put("/debian/dists/bookworm", { curl: "7.88-1" })`. */
  put(suite: string, packages: Readonly<Record<string, string>>, head = "Suite: x"): void {
    const content = xz(index(packages));
    this.files.set(`${suite}/${INDEX}`, content);
    this.files.set(
      `${suite}/InRelease`,
      `${head}\nMD5Sum:\n ${"0".repeat(32)} 1 ${INDEX}\nSHA256:\n ${sha256(content)} ${content.length} ${INDEX}\n`,
    );
  }

  /** Another index than the metadata tells. */
  forge(suite: string, packages: Readonly<Record<string, string>>): void {
    this.files.set(`${suite}/${INDEX}`, xz(index(packages)));
  }
}

const index = (packages: Readonly<Record<string, string>>): string =>
  Object.entries(packages)
    .map(([name, version]) => `Package: ${name}\nVersion: ${version}\nDescription: Package: no\n`)
    .join("\n");
const xz = (text: string): Buffer => spawnSync("xz", ["-c"], { input: text }).stdout;
