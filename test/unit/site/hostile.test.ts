import { catalogueText } from "../../../model/catalogue";
import { html } from "../../../site/html";
import { relative } from "../../../site/places";
import { renderSite } from "../../../site/render";
import { hclString, identifier, shellWord, snippets } from "../../../site/snippets";
import { slug } from "../../../site/text";
import { smallCatalogue } from "../../support/catalogues";

const EVIL = `"><script>alert('x')</script>&amp; $(touch /tmp/x) \${file("/etc/passwd")} \u0007`;

/** Every text that people write, made as bad as the schema lets it be. */
function hostile(): ReturnType<typeof smallCatalogue> {
  const small = smallCatalogue();
  const [image, ...others] = small.images;
  const [release, ...older] = image!.releases;
  return {
    ...small,
    factory: `demo ${EVIL}`,
    regions: small.regions.map((region) => ({ ...region, region: EVIL, owner: EVIL })),
    images: [
      {
        ...image!,
        title: EVIL,
        description: EVIL,
        user: EVIL,
        purpose: EVIL,
        providedUntil: EVIL,
        replaceFrequency: EVIL,
        contact: `https://example.org/"><script>alert(1)</script>`,
        os: { distro: EVIL, version: EVIL, codename: EVIL },
        certifications: [{ vendor: EVIL, id: EVIL, evidence: `https://example.org/"onmouseover="alert(1)` }],
        releases: [
          { ...release!, name: EVIL, properties: { [EVIL]: EVIL } },
          ...older.map((each) => (each.revoked ? { ...each, revoked: { ...each.revoked, reason: EVIL } } : each)),
        ],
      },
      ...others,
    ],
  };
}

test("what people wrote is shown as text, in every page and in the feed", () => {
  const catalogue = hostile();
  expect(() => catalogueText(catalogue)).not.toThrow();
  const details = new Map([
    [catalogue.images[0]!.releases[0]!.build, { packages: [{ name: EVIL, version: EVIL, architecture: EVIL }] }],
  ]);
  const files = renderSite(catalogue, details);
  for (const [name, { content }] of files) {
    if (!/\.(html|atom)$/.test(name)) continue;
    expect(content).not.toContain("<script>");
    expect(content).not.toMatch(/\son\w+="/);
    expect(content).not.toContain("\u0007");
  }
  const page = files.get("images/debian-12/index.html")!.content;
  expect(page).toContain("&lt;script&gt;alert(");
  expect(page).toContain(`href="https://example.org/&quot;&gt;&lt;script&gt;`);
});

test("templates escape what is put in, once, and keep what was made the same way", () => {
  const inner = html`<b>${"a<b"}</b>`;
  expect(html`<p title="${'"&'}">${inner}${[1, "<", undefined, false, inner]}</p>`.text).toBe(
    '<p title="&quot;&amp;"><b>a&lt;b</b>1&lt;<b>a&lt;b</b></p>',
  );
});

test.each([
  ["debian-12", "debian-12"],
  ["Debian 12", "'Debian 12'"],
  ["it's", `'it'\\''s'`],
  ["$(id)", "'$(id)'"],
  ["", "''"],
])("a word for the shell: %s", (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test.each([
  ["plain", '"plain"'],
  ['a"b\\', '"a\\"b\\\\"'],
  ["${x} %{y}", '"$${x} %%{y}"'],
  ["a\nb", '"a\\nb"'],
])("a string of Terraform: %j", (text, quoted) => {
  expect(hclString(text)).toBe(quoted);
});

test.each([
  ["debian-12", "debian_12"],
  ["15.6-leap", "image_15_6_leap"],
])("a name for Terraform: %s", (name, id) => {
  expect(identifier(name)).toBe(id);
});

test("snippets ask by name, property and owner", () => {
  const { images, regions } = smallCatalogue();
  const [shell, terraform] = snippets(images[0]!, regions[0]);
  expect(shell!.text).toContain("--public --name 'Debian 12'");
  expect(shell!.text).toContain("--property image_factory_image=debian-12");
  expect(terraform!.text).toContain(`owner       = "${regions[0]!.owner}"`);
  expect(snippets(images[0]!)[1]!.text).not.toContain("owner");
});

test("unlike names stay unlike in addresses", () => {
  const names = ["north", "North", "nor th", "nor_th", "nor.th", "nör-th", "nor/th"];
  expect(new Set(names.map(slug)).size).toBe(names.length);
});

test.each([
  ["index.html", "index.html", "./"],
  ["index.html", "images/a/index.html", "images/a/"],
  ["images/a/index.html", "index.html", "../../"],
  ["images/a/index.html", "site.css", "../../site.css"],
  ["images/a/index.html", "images/a/b+c:d e", "../../images/a/b%2Bc%3Ad%20e"],
  ["index.html", "images/a/index.html#b", "images/a/#b"],
])("from %s to %s", (from, to, address) => {
  expect(relative(from, to)).toBe(address);
});

test("indentation of a template is not shown, that of what is put in is", () => {
  expect(
    html`<p>
      <b>a</b>
      ${"x\n    y"}
    </p>`.text,
  ).toBe("<p>\n<b>a</b>\nx\n    y\n</p>");
});
