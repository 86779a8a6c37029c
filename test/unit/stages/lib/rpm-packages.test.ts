import { readFileSync } from "node:fs";
import path from "node:path";
import { bills, billSubject } from "../../../../stages/lib/sbom";
import { parseRpmList } from "../../../../stages/lib/rpm-packages";
import { PLAN } from "../plan";

const list = (name: string): string => readFileSync(path.join(__dirname, "..", "fixtures", `${name}.packages`), "utf8");

test("KIWI's list is read whole: version and release, the epoch where there is one, licences in SPDX's words", () => {
  expect(parseRpmList(list("rocky-9"))).toEqual([
    { name: "bash", version: "5.1.8-9.el9", architecture: "x86_64", licences: [{ id: "GPL-3.0-or-later" }] },
    {
      name: "ca-certificates",
      version: "2024.2.69_v8.0.303-91.4.el9_4",
      architecture: "noarch",
      licences: [{ name: "Public Domain" }],
    },
    { name: "dbus-broker", version: "28-7.el9", architecture: "x86_64", licences: [{ id: "Apache-2.0" }] },
    { name: "grub2-pc", version: "1:2.06-82.el9_4", architecture: "x86_64", licences: [{ id: "GPL-3.0-or-later" }] },
    { name: "openssl-libs", version: "1:3.0.7-28.el9_4", architecture: "x86_64", licences: [{ id: "Apache-2.0" }] },
    {
      name: "vim-minimal",
      version: "2:8.2.2637-20.el9_1",
      architecture: "x86_64",
      licences: [{ id: "MIT" }, { name: "Vim" }],
    },
  ]);
});

test("licences that are written in SPDX's own words are known, an exception stays with its licence", () => {
  const licences = parseRpmList(list("opensuse-leap-15.6")).map((one) => one.licences);
  expect(licences).toEqual([
    [{ id: "GPL-2.0-or-later" }],
    [{ id: "GPL-2.0-or-later" }, { id: "LGPL-2.1-or-later" }, { name: "LGPL-2.1-or-later WITH GCC-exception-2.0" }],
    [{ id: "Artistic-1.0" }, { id: "GPL-1.0-or-later" }],
  ]);
});

test("keys that were imported are no packages", () => {
  expect(parseRpmList("gpg-pubkey|(none)|1|2|(none)|(none)|pubkey\n")).toEqual([]);
});

test.each(["bash 5.1", "bash|(none)||9.el9|x86_64|(none)|x", "|(none)|1|1|x86_64|(none)|x"])(
  "a line that is none is told: %s",
  (line) => expect(() => parseRpmList(`${line}\n`)).toThrow(`"${line}" is no line of a list of rpm packages`),
);

test("both bills tell of every package of the list, by the address that scanners know", () => {
  const os = { distro: "rocky", version: "9", codename: "9", user: "rocky" } as const;
  const plan = { ...PLAN, image: { ...PLAN.image, name: "rocky-9", os } };
  const subject = billSubject(plan, { sha256: "a", sha512: "b", patchedUntil: "2026-01-01T00:00:00Z" });
  const { spdx, cycloneDx } = bills(subject, parseRpmList(list("rocky-9"))) as {
    spdx: { packages: unknown[]; hasExtractedLicensingInfos: unknown[] };
    cycloneDx: { components: { purl: string }[] };
  };
  expect(spdx.packages).toHaveLength(7);
  expect(spdx.hasExtractedLicensingInfos).toContainEqual({
    licenseId: "LicenseRef-Vim",
    name: "Vim",
    extractedText: expect.stringContaining("/usr/share/licenses/<package>/") as string,
  });
  expect(cycloneDx.components.map(({ purl }) => purl)).toEqual([
    "pkg:rpm/rocky/bash@5.1.8-9.el9?arch=x86_64&distro=rocky-9",
    "pkg:rpm/rocky/ca-certificates@2024.2.69_v8.0.303-91.4.el9_4?arch=noarch&distro=rocky-9",
    "pkg:rpm/rocky/dbus-broker@28-7.el9?arch=x86_64&distro=rocky-9",
    "pkg:rpm/rocky/grub2-pc@2.06-82.el9_4?arch=x86_64&distro=rocky-9&epoch=1",
    "pkg:rpm/rocky/openssl-libs@3.0.7-28.el9_4?arch=x86_64&distro=rocky-9&epoch=1",
    "pkg:rpm/rocky/vim-minimal@8.2.2637-20.el9_1?arch=x86_64&distro=rocky-9&epoch=2",
  ]);
});
