/** The factory's own web site as people see it: over TLS, in a real browser that trusts the site's key and no other. */
import { createHash, X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import type { Browser, Page } from "playwright-core";
import { startBrowser } from "../../support/browser";
import { page, type Page as Answer } from "../../support/web";

export class Website {
  private browser: Browser | undefined;

  /** @param ca PEM of the factory's authority */
  constructor(
    readonly address: string,
    private readonly ca: string,
  ) {}

  get(place: string, method = "GET"): Promise<Answer> {
    return page(`${this.address}/${place}`, this.ca, { method });
  }

  async text(place: string): Promise<string> {
    const { status, body } = await this.get(place);
    if (status !== 200) throw new Error(`${this.address}/${place}: ${status}`);
    return body.toString();
  }

  /** Opens a page; whatever the browser complains of, and requests to elsewhere, are errors of the test. */
  async open(place: string): Promise<Page> {
    this.browser ??= await startBrowser(`--ignore-certificate-errors-spki-list=${await this.key()}`);
    const context = await this.browser.newContext();
    const opened = await context.newPage();
    const complaints: string[] = [];
    opened.on("console", (message) => complaints.push(message.text()));
    opened.on("pageerror", (error) => complaints.push(error.message));
    opened.on("request", (request) => {
      if (new URL(request.url()).origin !== this.address) complaints.push(`asks for ${request.url()}`);
    });
    const answer = await opened.goto(`${this.address}/${place}`, { waitUntil: "load" });
    if (answer?.status() !== 200 || complaints.length > 0)
      throw new Error(`${this.address}/${place}: ${answer?.status() ?? "no answer"} ${complaints.join(" | ")}`);
    return opened;
  }

  /** Addresses of all that the pages lead to and what they answer, from the first page on. */
  async crawl(): Promise<ReadonlyMap<string, number>> {
    const seen = new Map<string, number>();
    const left = [""];
    for (let place = left.pop(); place !== undefined; place = left.pop()) {
      if (seen.has(place)) continue;
      const isPage = place === "" || place.endsWith("/");
      const answer = await this.get(place, isPage ? "GET" : "HEAD");
      seen.set(place, answer.status);
      if (!isPage) continue;
      for (const [, link = ""] of answer.body.toString().matchAll(/\s(?:href|src)="([^"]*)"/g)) {
        const to = new URL(link.replaceAll("&amp;", "&"), `${this.address}/${place}`);
        if (to.origin === this.address) left.push(to.pathname.slice(1));
      }
    }
    return seen;
  }

  async end(): Promise<void> {
    await this.browser?.close();
  }

  /** Hash of the public key of the certificate that the site shows, once the authority vouches for it. */
  private key(): Promise<string> {
    const { hostname, port } = new URL(this.address);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: port === "" ? 443 : Number(port), ca: this.ca }, () => {
        const { publicKey } = new X509Certificate(socket.getPeerCertificate().raw);
        const der = publicKey.export({ type: "spki", format: "der" });
        resolve(createHash("sha256").update(der).digest("base64"));
        socket.end();
      });
      socket.on("error", reject);
    });
  }
}
