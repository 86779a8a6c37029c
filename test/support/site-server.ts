/** A directory over HTTP, with the Content-Security-Policy that the factory's web servers send. */
import { readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { contentType } from "../../site/content-type";
import { ROOT } from "./paths";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".atom": "application/atom+xml",
};

export class SiteServer {
  /** Names of objects that were asked for and are not there. */
  readonly missing: string[] = [];

  private constructor(
    private readonly server: Server,
    /** Without a slash at its end. */
    readonly address: string,
  ) {}

  static async start(directory: string): Promise<SiteServer> {
    const policy = contentSecurityPolicy();
    const server = createServer((request, answer) => {
      const name = decodeURIComponent(new URL(request.url ?? "/", "http://site.invalid").pathname).slice(1);
      const object = name === "" || name.endsWith("/") ? `${name}index.html` : name;
      const file = path.join(directory, object);
      if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
        site.missing.push(object);
        answer.writeHead(404).end();
        return;
      }
      const type = TYPES[path.extname(file)] ?? contentType(file);
      answer.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const site = new SiteServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return site;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Of the catalogue's pages, as nginx is told. */
function contentSecurityPolicy(): string {
  const conf = readFileSync(path.join(ROOT, "cloud-init", "files", "web.conf"), "utf8");
  const [, header] = /add_header Content-Security-Policy "([^"]*)"/.exec(conf) ?? [];
  const [, sources] = /map \$uri \$sources \{\s*default "([^"]*)"/.exec(conf) ?? [];
  if (header === undefined || sources === undefined) throw new Error("web.conf has no Content-Security-Policy");
  return header.replace("$sources", sources);
}
