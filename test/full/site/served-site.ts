/** A published site, served, and a browser that looks at it. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { startBrowser } from "../../support/browser";
import { publishSite, type PublishedSite } from "../../support/published-site";
import { SiteServer } from "../../support/site-server";

export interface ServedSite extends PublishedSite {
  /** For whatever a test makes; goes at the end. */
  readonly work: string;
  /** What is served. */
  readonly directory: string;
  readonly address: string;
  /** Opens a page; what the browser complains of (a refused script, a missing file) is an error of the test. */
  open(place: string, options?: BrowserContextOptions, address?: string): Promise<Page>;
  end(): Promise<void>;
}

export async function serveSite(): Promise<ServedSite> {
  const work = mkdtempSync(path.join(tmpdir(), "s-"));
  const directory = path.join(work, "site");
  mkdirSync(directory);
  const server = await SiteServer.start(directory);
  const site = await publishSite(directory, work, server.address);
  const browser = await startBrowser();
  return {
    ...site,
    work,
    directory,
    address: server.address,
    open: async (place, options = {}, address = server.address) => open(browser, `${address}/${place}`, options),
    end: async () => {
      await browser.close();
      await server.stop();
      site.stop();
      rmSync(work, { recursive: true });
    },
  };
}

async function open(browser: Browser, address: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(address, { waitUntil: "load" });
  if (complaints.length > 0) throw new Error(`${address}: ${complaints.join(" | ")}`);
  return page;
}

export const close = async (page: Page): Promise<void> => page.context().close();
