import { artefactObject, readCatalogue, type Catalogue } from "../../../model/catalogue";
import type { Details } from "../../../site/details";
import { renderSite } from "../../../site/render";
import type { SiteFiles } from "../../../site/site-file";
import { emptyCatalogue, largeCatalogue, smallCatalogue } from "../../support/catalogues";
import { addressesIn, objectsOf, target } from "./links";

const small = smallCatalogue();
const [debian] = small.images;
const build = debian!.releases[0]!.build;
const details: Details = new Map([
  [
    build,
    {
      packages: [
        { name: "bash", version: "5.2.15-2", architecture: "amd64" },
        { name: "libc6", version: "2.36-9", architecture: "amd64" },
        { name: "libc6", version: "2.36-9", architecture: "i386" },
      ],
      changes: {
        packages: {
          total: 3,
          added: [{ name: "jq", version: "1.6" }],
          gone: [{ name: "mc", version: "4.8" }],
          updated: [{ name: "bash", from: "5.2.15-1", to: "5.2.15-2" }],
        },
      },
    },
  ],
]);
const site = renderSite(small, details);
const page = (name: string, files: SiteFiles = site): string => files.get(name)?.content ?? "";
const pages = (files: SiteFiles): [string, string][] =>
  [...files].filter(([name]) => name.endsWith(".html")).map(([name, { content }]) => [name, content]);

test("the same catalogue has the same bytes", () => {
  expect([...renderSite(smallCatalogue(), details)]).toEqual([...site]);
});

test("the catalogue itself is among the files, signed, and the way in comes last", () => {
  expect(readCatalogue(page("catalogue.json"))).toEqual(small);
  expect(site.get("catalogue.json")?.sign).toBe("detached");
  expect([...site.keys()].at(-1)).toBe("index.html");
});

describe.each<[string, Catalogue, Details]>([
  ["a small catalogue", small, details],
  ["one without details", small, new Map()],
  ["one without images", emptyCatalogue(), new Map()],
  ["a region of an odd name", emptyCatalogue(["north", "North", "süd/1 ?&", ".x"]), new Map()],
])("%s", (_, catalogue, given) => {
  const files = renderSite(catalogue, given);
  const objects = objectsOf(catalogue, files);

  test("every link resolves, and the place in the page that it names is there", () => {
    const wrong = pages(files).flatMap(([name, text]) =>
      addressesIn(text).filter((address) => {
        const to = target(name, address);
        if (!to) return false;
        return !objects.has(to.object) || (to.place !== "" && !page(to.object, files).includes(`id="${to.place}"`));
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("nothing is loaded from elsewhere, no script or style stands in a page", () => {
    for (const [name, text] of pages(files)) {
      const loaded = [...text.matchAll(/<(?:script|img|link rel="(?:stylesheet|icon)")[^>]*(?:href|src)="([^"]*)"/g)];
      for (const [, address = ""] of loaded) expect(files.has(target(name, address)?.object ?? "")).toBe(true);
      expect(text).not.toMatch(/<style|\sstyle=|\son[a-z]+="|<script(?! src=)|javascript:/);
    }
  });

  test("no name begins with a dot, which the web site would not show", () => {
    expect([...files.keys()].filter((name) => /(^|\/)\./.test(name))).toEqual([]);
  });

  test("every page has one heading of its own, a language and unlike ids", () => {
    for (const [, text] of pages(files)) {
      expect(text.match(/<h1[ >]/g)).toHaveLength(1);
      expect(text).toMatch(/^<!doctype html>\s*<html lang="en">/);
      const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
      expect(ids).toEqual([...new Set(ids)]);
    }
  });
});

test("an image's page shows its release, where it is, its files, changes and history", () => {
  const text = page("images/debian-12/index.html");
  const [newest, , revoked] = debian!.releases;
  for (const shown of [
    newest!.build,
    newest!.copies[0]!.imageId,
    newest!.copies[1]!.imageId,
    newest!.sha256,
    newest!.sha512,
    "41 passed, 2 skipped",
    "virtio-scsi",
    "3 packages, with search",
    "5.2.15-1",
    revoked!.revoked!.reason,
    "EA-2026-17",
    "mailto:images@example.org",
  ]) {
    expect(text).toContain(shown);
  }
  for (const { build: each } of debian!.releases) expect(text).toContain(`id="${each}"`);
});

test("a release whose image file is kept no longer has its other files, and no command that fetches it", () => {
  const [, old] = debian!.releases;
  const file = `${old!.build}.${old!.format}`;
  const kept = { ...old!, copies: [], artefacts: old!.artefacts.filter(({ path }) => path !== file) };
  const image = { ...debian!, releases: debian!.releases.map((one) => (one === old ? kept : one)) };
  const all = renderSite({ ...small, images: small.images.map((one) => (one === debian ? image : one)) });
  const text = all.get(artefactObject("debian-12", old!.build, "index.html"))!.content;
  expect(text).toContain("The image file is kept no longer");
  expect(text).toContain("No region has it any more");
  expect(text).toContain("packages.txt");
  expect(text).not.toContain(`${file}"`);
  expect(all.get("images/debian-12/SHA256SUMS")!.content).not.toContain(file);
  expect(all.get("streams/v1/downloads.json")!.content).not.toContain(file);
});

test("a package that several architectures have says which", () => {
  const text = page("images/debian-12/packages/index.html");
  expect(text).toMatch(/>bash</);
  expect(text).toMatch(/>libc6:amd64</);
  expect(text).toMatch(/>libc6:i386</);
});

test("an image whose releases are all revoked has no commands, and says why", () => {
  const text = page("images/opensuse-leap-15.6/index.html");
  expect(text).toContain("There is no current release");
  expect(text).toContain("the recipe held a password");
  expect(text).not.toContain("openstack image list");
  expect(site.has("images/opensuse-leap-15.6/SHA256SUMS")).toBe(false);
  expect(page("index.html")).toContain("the last release was revoked on");
  expect(page("regions/north/index.html")).not.toContain("opensuse");
});

test("the page of a revoked release warns, and has no commands to check or take it", () => {
  const revoked = debian!.releases[2]!;
  const text = page(artefactObject("debian-12", revoked.build, "index.html"));
  expect(text).toContain("Do not use it");
  expect(text).toContain(revoked.revoked!.reason);
  expect(text).not.toContain("verify");
  expect(text).toContain("has what is current");
});

test("the page of a revoked release does not promise a current one where there is none", () => {
  const { releases } = small.images.find(({ name }) => name === "opensuse-leap-15.6")!;
  const text = page(artefactObject("opensuse-leap-15.6", releases[0]!.build, "index.html"));
  expect(text).not.toContain("has what is current");
  expect(text).toContain("none is current at present");
});

test("after a rollback whose goal was revoked, that is why there is none", () => {
  const [first, second, third] = debian!.releases;
  const revoked = { ...third!.revoked!, reason: "it was the wrong one" };
  const releases = [
    { ...first!, state: "older" as const },
    { ...second!, state: "revoked" as const, revoked },
  ];
  const files = renderSite({ ...small, images: [{ ...debian!, releases }] });
  const text = page("images/debian-12/index.html", files);
  expect(text).toContain(`: ${second!.build} was revoked on`);
  expect(text).toContain(`${second!.build}/">${second!.build}</a>: it was the wrong one`);
  expect(page("index.html", files)).toMatch(/0 current images in\s+2 regions/);
});

test("a release whose files are gone has no page but stays in the history", () => {
  const releases = debian!.releases.map((each, age) => (age === 4 ? { ...each, artefacts: [], copies: [] } : each));
  const files = renderSite({ ...small, images: [{ ...debian!, releases }] });
  const gone = releases[4]!.build;
  expect(files.has(artefactObject("debian-12", gone, "index.html"))).toBe(false);
  expect(page("images/debian-12/index.html", files)).toContain(`id="${gone}"`);
});

test("a region that could not be told of a withdrawal is named", () => {
  const [newest, ...others] = debian!.releases;
  const [north, south] = newest!.copies;
  const copies = [north!, { ...south!, status: "pending" as const }];
  const files = renderSite({ ...small, images: [{ ...debian!, releases: [{ ...newest!, copies }, ...others] }] });
  expect(page("images/debian-12/index.html", files)).toContain("being withdrawn");
});

test("sums name what is in order, and not what was revoked", () => {
  const lines = page("images/debian-12/SHA256SUMS").trimEnd().split("\n");
  const [newest, , revoked] = debian!.releases;
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe(`${newest!.sha256}  ${newest!.build}.qcow2`);
  expect(lines.join("\n")).not.toContain(revoked!.build);
  expect(site.get("images/debian-12/SHA256SUMS")?.sign).toBe("detached");
});

describe("two hundred images with three years of releases", () => {
  const catalogue = largeCatalogue(200, 36);
  const files = renderSite(catalogue);
  const loaded = (name: string): number =>
    [name, "site.css", "site.js", "icon.svg"].reduce((sum, each) => sum + Buffer.byteLength(page(each, files)), 0);

  test.each(["index.html", "images/debian-10/index.html", "regions/north/index.html"])(
    "%s with all that it loads is below 100 KB",
    (name) => {
      expect(loaded(name)).toBeGreaterThan(10_000);
      expect(loaded(name)).toBeLessThan(100_000);
    },
  );
});
