import type { Catalogue } from "../../../model/catalogue";
import { contentType } from "../../../site/content-type";
import { feedFile } from "../../../site/feed";
import { renderSite } from "../../../site/render";
import { SIGNED_INDEX, simplestreams } from "../../../site/simplestreams";
import { catalogueImage, largeCatalogue, release, smallCatalogue } from "../../support/catalogues";

interface Version {
  readonly pubname: string;
  readonly items: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}

interface Stream {
  readonly format: string;
  readonly content_id: string;
  readonly updated: string;
  readonly index: Readonly<Record<string, { readonly path: string; readonly products: readonly string[] }>>;
  readonly products: Readonly<Record<string, { readonly versions: Readonly<Record<string, Version>> }>>;
}

const small = smallCatalogue();
const [debian] = small.images;
const read = (catalogue: Catalogue, name: string): Stream =>
  JSON.parse(simplestreams(catalogue).get(name)?.content ?? "{}") as Stream;
const versionsOf = (catalogue: Catalogue, name = "downloads"): string[] =>
  Object.keys(
    read(catalogue, `streams/v1/${name}.json`).products["org.example.images:debian-12:amd64"]?.versions ?? {},
  );

describe("the feed", () => {
  const feed = feedFile(small).content;
  const entries = feed.split("<entry>").slice(1);

  test("has an entry for each release and for each revocation, newest first, each with an id of its own", () => {
    const releases = small.images.flatMap((image) => image.releases);
    const revoked = releases.filter((each) => each.revoked);
    expect(entries).toHaveLength(releases.length + revoked.length);
    const times = entries.map((entry) => /<updated>(.*)<\/updated>/.exec(entry)![1]!);
    expect(times).toEqual([...times].sort().reverse());
    expect(new Set(entries.map((entry) => /<id>(.*)<\/id>/.exec(entry)![1])).size).toBe(entries.length);
    expect(feed).toContain("<title>Revoked: Debian 12: ");
    expect(feed).toContain("CVE-2026-1234: sshd took every password");
  });

  test("changes only when something was released or revoked", () => {
    expect(feedFile({ ...small, generated: "2027-01-01T00:00:00.000Z" }).content).toBe(feed);
  });

  test("stays short", () => {
    const { content } = feedFile(largeCatalogue(200, 36));
    expect(content.split("<entry>").length - 1).toBe(100);
    expect(content.length).toBeLessThan(100_000);
  });
});

describe("simplestreams", () => {
  test("the index leads to documents that are there, the signed one to signed ones", () => {
    const site = renderSite(small);
    for (const [name, ending] of [
      ["streams/v1/index.json", /\.json$/],
      [SIGNED_INDEX, /\.sjson$/],
    ] as const) {
      const { format, index } = JSON.parse(site.get(name)!.content) as Stream;
      expect(format).toBe("index:1.0");
      for (const [id, { path, products }] of Object.entries(index)) {
        expect(path).toMatch(ending);
        const stream = JSON.parse(site.get(path)!.content) as Stream;
        expect(stream.content_id).toBe(id);
        expect(stream.format).toBe("products:1.0");
        expect(Object.keys(stream.products)).toEqual(products);
      }
    }
    for (const [name, { sign }] of simplestreams(small))
      expect(sign).toBe(name.endsWith(".sjson") ? "clear" : "detached");
  });

  test("a file's entry names it by path, size and sums", () => {
    const newest = debian!.releases[0]!;
    const stream = read(small, "streams/v1/downloads.json");
    const version = Object.values(stream.products["org.example.images:debian-12:amd64"]!.versions)[0]!;
    expect(version.items["disk1.img"]).toEqual({
      ftype: "disk1.img",
      path: `images/debian-12/${newest.build}/${newest.build}.qcow2`,
      size: newest.size,
      sha256: newest.sha256,
      sha512: newest.sha512,
    });
  });

  test("ids are told for each region, by OpenStack's name of it", () => {
    const stream = read(small, "streams/v1/image-ids.json");
    const version = Object.values(stream.products["org.example.images:debian-12:amd64"]!.versions)[0]!;
    expect(Object.values(version.items).map(({ region, id }) => [region, id])).toEqual(
      debian!.releases[0]!.copies.map(({ imageId }, index) => [`Region${index + 1}`, imageId]),
    );
  });

  test("offers neither revoked releases nor files that are gone", () => {
    expect(versionsOf(small)).toHaveLength(4);
    const releases = debian!.releases.map((each, age) => (age > 0 ? { ...each, artefacts: [] } : each));
    expect(versionsOf({ ...small, images: [{ ...debian!, releases }] })).toHaveLength(1);
    expect(Object.keys(read(small, "streams/v1/downloads.json").products).join()).not.toContain("opensuse");
  });

  test("after a rollback the newest that is offered is the current one", () => {
    const [newest, second, ...older] = debian!.releases;
    const releases = [{ ...newest!, state: "older" as const }, { ...second!, state: "current" as const }, ...older];
    const versions = versionsOf({ ...small, images: [{ ...debian!, releases }] });
    expect([...versions].sort().at(-1)).toBe(second!.build.split("-").slice(-2).join("-"));
    expect(versions).not.toContain(newest!.build.split("-").slice(-2).join("-"));
  });

  test("without a current release nothing is offered", () => {
    const releases = debian!.releases.map((each) => ({ ...each, state: "older" as const, revoked: undefined }));
    expect(versionsOf({ ...small, images: [{ ...debian!, releases }] })).toEqual([]);
  });

  test("sites without a name and other architectures are told apart", () => {
    const os = { distro: "debian", version: "12", codename: "bookworm" };
    const arm = catalogueImage({ name: "debian-12-arm", title: "Debian 12 Arm", os, regions: ["north"], releases: 1 });
    const raw = { ...release("debian-12-arm", "Debian 12 Arm", ["north"], 0), format: "raw" };
    const image = {
      ...arm,
      architecture: "aarch64",
      releases: [{ ...raw, artefacts: [{ path: `${raw.build}.raw`, size: 1 }] }],
    };
    const stream = read({ ...small, address: "https://192.0.2.7:8443", images: [image] }, "streams/v1/downloads.json");
    expect(stream.content_id).toBe("192.0.2.7:released:download");
    expect(Object.keys(stream.products)).toEqual(["192.0.2.7:debian-12-arm:arm64"]);
  });
});

test.each([
  ["test/report.html", "text/html; charset=utf-8"],
  ["SHA256SUMS", "text/plain; charset=utf-8"],
  ["logs/build-image.log", "text/plain; charset=utf-8"],
  ["changes.md", "text/plain; charset=utf-8"],
  ["sbom.spdx.json", "application/json"],
  ["x.qcow2", "application/octet-stream"],
  ["x.qcow2.asc", "text/plain; charset=utf-8"],
  ["image-signing.crt", "application/x-pem-file"],
])("%s is of type %s", (path, type) => {
  expect(contentType(path)).toBe(type);
});
