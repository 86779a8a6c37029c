/** The catalogue's pages in a real browser. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { artefactObject } from "../../../model/catalogue";
import { renderSite } from "../../../site/render";
import { largeCatalogue } from "../../support/catalogues";
import { RESULTS } from "../../support/paths";
import { SiteServer } from "../../support/site-server";
import { close, serveSite, type ServedSite } from "./served-site";

const MINUTE = 60_000;
const pictures = path.join(RESULTS, "site");
let site: ServedSite;

beforeAll(async () => {
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  site = await serveSite();
}, 20 * MINUTE);
afterAll(async () => site.end());

const VIEWS: Readonly<Record<string, BrowserContextOptions>> = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 900 } },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
};
const PAGES: Readonly<Record<string, () => string>> = {
  index: () => "",
  image: () => "images/debian-12/",
  packages: () => "images/debian-12/packages/",
  revoked: () => artefactObject("debian-12", site.catalogue.images[0]!.releases[2]!.build, ""),
  "no-current": () => "images/opensuse-leap-15.6/",
  region: () => "regions/north/",
  trust: () => "trust/",
};

describe.each(Object.keys(VIEWS))("%s", (view) => {
  test.each(Object.keys(PAGES))("%s: fits the screen, and axe-core has nothing against it", async (name) => {
    const page = await site.open(PAGES[name]!(), { ...VIEWS[view], bypassCSP: true });
    await page.screenshot({ path: path.join(pictures, `${name}-${view}.png`), fullPage: true });
    const [content, screen] = await page.evaluate<[number, number]>(
      "[document.documentElement.scrollWidth, innerWidth]",
    );
    expect(content).toBeLessThanOrEqual(screen);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>(
      `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })`,
    );
    writeFileSync(path.join(pictures, `${name}-${view}.axe.json`), JSON.stringify(violations, undefined, 1));
    expect(violations.map(({ id, impact, nodes }) => [id, impact, nodes[0]?.html])).toEqual([]);
    await close(page);
  });
});

test("axe-core finds what is wrong", async () => {
  const page = await site.open("", { bypassCSP: true });
  await page.evaluate(`document.querySelector("h1").style.color = "#ddd"`);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  expect(violations.map(({ id }) => id)).toContain("color-contrast");
  await close(page);
});

test("every link of every page leads to something, without a request to elsewhere", async () => {
  const seen = new Set<string>();
  const left = [`${site.address}/`];
  for (let address = left.pop(); address !== undefined; address = left.pop()) {
    if (seen.has(address)) continue;
    seen.add(address);
    const answer = await fetch(address, { method: address.endsWith("/") ? "GET" : "HEAD" });
    expect([address, answer.status]).toEqual([address, 200]);
    if (!address.endsWith("/")) continue;
    const text = await answer.text();
    for (const [, link = ""] of text.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      const to = new URL(link.replaceAll("&amp;", "&"), address);
      to.hash = "";
      if (to.origin === site.address) left.push(to.href);
    }
  }
  expect(seen.size).toBeGreaterThan(80);
  const page = await site.open("images/debian-12/");
  const asked = await page.evaluate<string[]>(`performance.getEntriesByType("resource").map(({ name }) => name)`);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((name) => !name.startsWith(site.address))).toEqual([]);
  await close(page);
});

test("the feed is well-formed", async () => {
  const text = await (await fetch(`${site.address}/feed.atom`)).text();
  const page = await site.open("");
  const [root, entries] = await page.evaluate<[string, number]>(`(() => {
    const feed = new DOMParser().parseFromString(${JSON.stringify(text)}, "application/xml");
    return [feed.documentElement.tagName, feed.querySelectorAll("entry > id").length];
  })()`);
  expect([root, entries]).toEqual(["feed", 11]);
  await close(page);
});

/** What people see of a list: the names in it. */
const shownRows = async (page: Page): Promise<string[]> =>
  page.locator("tbody tr:visible :is(th a, td:first-child)").allTextContents();

test("search finds images by words and by region, says how many, and gives them back", async () => {
  const page = await site.open("");
  const all = await shownRows(page);
  expect(all).toHaveLength(4);
  const search = page.getByRole("searchbox", { name: "Search" });
  await search.fill("DEBIAN");
  expect(await shownRows(page)).toEqual(["Debian 12", "Debian 13"]);
  expect(await page.getByRole("status").textContent()).toBe("2 found");
  await page.getByRole("combobox", { name: "Region" }).selectOption("south");
  expect(await shownRows(page)).toEqual(["Debian 12"]);
  expect(await page.locator("h2:visible").allTextContents()).toEqual(["Debian"]);
  await search.fill("nothing like it");
  expect(await shownRows(page)).toEqual([]);
  expect(await page.getByRole("status").textContent()).toBe("Nothing found");
  await search.fill("");
  await page.getByRole("combobox", { name: "Region" }).selectOption("all");
  expect(await shownRows(page)).toEqual(all);
  await close(page);
});

test("search finds packages", async () => {
  const page = await site.open("images/debian-12/packages/");
  await page.getByRole("searchbox", { name: "Search" }).fill("pkg-29");
  expect(await shownRows(page)).toHaveLength(11);
  await page.getByRole("searchbox", { name: "Search" }).fill("^pkg-2 1.2");
  expect((await shownRows(page))[0]).toBe("pkg-2");
  await close(page);
});

test("commands are copied by a button", async () => {
  const page = await site.open("images/debian-12/", { permissions: ["clipboard-read", "clipboard-write"] });
  const box = page.locator(".copybox").first();
  await box.getByRole("button", { name: "Copy" }).click();
  await box.getByRole("button", { name: "Copied" }).waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(await box.locator("pre").textContent());
  await close(page);
});

test("without JavaScript everything is there, and nothing that would do nothing", async () => {
  const page = await site.open("", { javaScriptEnabled: false });
  expect(await page.getByRole("searchbox").count()).toBe(0);
  expect(await page.getByRole("row").filter({ hasText: "Debian 12" }).isVisible()).toBe(true);
  await page.getByRole("link", { name: "Debian 12" }).click();
  expect(await page.getByRole("button").count()).toBe(0);
  expect(await page.locator("pre[data-kind=verify-published]").isVisible()).toBe(true);
  await page.getByRole("link", { name: "300 packages" }).click();
  expect(await page.getByText("pkg-299").isVisible()).toBe(true);
  await close(page);
});

interface Load {
  /** Of the page and all that it loads, with headers. */
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Loads a page as somebody who comes for the first time. */
async function load(server: SiteServer, place: string): Promise<Load> {
  const page = await site.open(place, {}, server.address);
  const loaded = await page.evaluate<Load>(`(() => {
    const [way] = performance.getEntriesByType("navigation");
    const all = [way, ...performance.getEntriesByType("resource")];
    return { bytes: all.reduce((sum, { transferSize }) => sum + transferSize, 0), milliseconds: way.loadEventEnd };
  })()`);
  await close(page);
  return loaded;
}

test("two hundred images with three years of releases: below 100 KB and a second", async () => {
  const large = path.join(site.work, "large");
  const wanted = /^(index\.html|site\.|icon|images\/debian-10\/index\.html$|regions)/;
  for (const [name, { content }] of renderSite(largeCatalogue(200, 36))) {
    if (!wanted.test(name)) continue;
    mkdirSync(path.dirname(path.join(large, name)), { recursive: true });
    writeFileSync(path.join(large, name), content);
  }
  const other = await SiteServer.start(large);
  const measured: Record<string, Load> = {};
  for (const place of ["", "images/debian-10/", "regions/north/"]) {
    // The best of three: what else the machine does just then is not the page's.
    const loads = [await load(other, place), await load(other, place), await load(other, place)];
    const [best] = loads.sort((a, b) => a.milliseconds - b.milliseconds);
    measured[`/${place}`] = best!;
    expect(best!.bytes).toBeGreaterThan(10_000);
    expect(best!.bytes).toBeLessThan(100_000);
    expect(best!.milliseconds).toBeLessThan(1000);
  }
  writeFileSync(path.join(pictures, "load.json"), JSON.stringify(measured, undefined, 1));
  await other.stop();
});
