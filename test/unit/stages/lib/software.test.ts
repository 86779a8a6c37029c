import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bills, billSubject } from "../../../../stages/lib/sbom";
import { installedSoftware } from "../../../../stages/lib/software";
import { PLAN } from "../plan";

const directory = mkdtempSync(path.join(tmpdir(), "software-"));
const root = path.join(directory, "root");
afterAll(() => rmSync(directory, { recursive: true }));

function put(name: string, content: string): void {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}
const COPYRIGHT = (licence: string): string =>
  `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: ${licence}\n`;

beforeAll(() => {
  put(
    "var/lib/dpkg/status",
    `Package: libc6
Status: install ok installed
Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
Architecture: amd64
Multi-Arch: same
Source: glibc
Version: 2.36-9
Description: GNU C Library
 Contains the standard libraries.
 Version: of no account here
Homepage: https://www.gnu.org/software/libc/libc.html

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: binnmu
Status: install ok installed
Architecture: amd64
Source: upstream (5.2-1)
Version: 5.2-1+b8
Homepage: not an address

Package: escape
Status: install ok installed
Architecture: all
Version: 1
`,
  );
  put("usr/share/doc/libc6/copyright", COPYRIGHT("LGPL-2.1+"));
  put("var/lib/dpkg/info/libc6:amd64.md5sums", "0123  lib/x\n");
  put("usr/share/doc/upstream-common/copyright", COPYRIGHT("ISC"));
  symlinkSync("upstream-common", path.join(root, "usr/share/doc/binnmu"));
  writeFileSync(path.join(directory, "copyright"), COPYRIGHT("MIT"));
  symlinkSync(directory, path.join(root, "usr/share/doc/escape"));
});

test("installed packages with source, maintainer, licences and the digest of their files' hashes", async () => {
  const [libc, binnmu, escape, ...more] = await installedSoftware(root);
  expect(libc).toEqual({
    name: "libc6",
    version: "2.36-9",
    architecture: "amd64",
    source: { name: "glibc", version: "2.36-9" },
    maintainer: "GNU Libc Maintainers <debian-glibc@lists.debian.org>",
    homepage: "https://www.gnu.org/software/libc/libc.html",
    summary: "GNU C Library",
    licences: [{ id: "LGPL-2.1-or-later" }],
    filesDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  expect(binnmu).toEqual({
    name: "binnmu",
    version: "5.2-1+b8",
    architecture: "amd64",
    source: { name: "upstream", version: "5.2-1" },
    licences: [{ id: "ISC" }],
  });
  // a link of the image's that leads to a file of the host's
  expect(escape?.licences).toEqual([]);
  expect(more).toEqual([]);
});

test("the bills of an image are the same each time, and have a UUID of their own", async () => {
  const packages = await installedSoftware(root);
  const image = { sha256: "a".repeat(64), sha512: "b".repeat(128), patchedUntil: "2026-01-01T00:00:00.000Z" };
  const made = bills(billSubject(PLAN, image), packages);
  expect(made).toEqual(bills(billSubject(PLAN, image), [...packages].reverse()));
  const { serialNumber } = made.cycloneDx as { readonly serialNumber: string };
  expect(serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(made.spdx).toMatchObject({ documentNamespace: serialNumber });
  const other = bills(billSubject(PLAN, { ...image, sha256: "c".repeat(64) }), packages);
  expect((other.cycloneDx as { readonly serialNumber: string }).serialNumber).not.toBe(serialNumber);
});
