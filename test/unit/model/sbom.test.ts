import { cycloneDxDocument } from "../../../model/sbom-cyclonedx";
import { spdxDocument } from "../../../model/sbom-spdx";
import { packageUrl, person, type BillSubject, type SoftwarePackage } from "../../../model/software";

const subject: BillSubject = {
  image: "debian-12",
  build: "debian-12-202601010000-0a1b",
  description: "Debian 12",
  file: "debian-12-202601010000-0a1b.qcow2",
  sha256: "a".repeat(64),
  sha512: "b".repeat(128),
  os: { distro: "debian", version: "12", codename: "bookworm" },
  supplier: { name: "Image Factory demo", mail: "images@example.org" },
  created: "2026-01-01T00:00:00.000Z",
  tool: "image-factory-1",
};
const curl: SoftwarePackage = {
  name: "curl",
  version: "7.88.1-10+deb12u5",
  architecture: "amd64",
  source: { name: "curl", version: "7.88.1-10+deb12u5" },
  maintainer: "Somebody <somebody@example.org>",
  homepage: "https://curl.se/",
  summary: "command line tool",
  licences: [{ id: "curl" }, { name: "public domain" }],
  filesDigest: "c".repeat(64),
};
const libc: SoftwarePackage = {
  name: "libc-bin",
  version: "2:2.36-9",
  architecture: "amd64",
  source: { name: "glibc", version: "2.36-9" },
  licences: [],
};

test("a package's URL has its version, architecture, distribution, and its source where that is another", () => {
  expect(packageUrl(curl, subject.os)).toBe("pkg:deb/debian/curl@7.88.1-10%2Bdeb12u5?arch=amd64&distro=debian-12");
  expect(packageUrl(libc, subject.os)).toBe(
    "pkg:deb/debian/libc-bin@2:2.36-9?arch=amd64&distro=debian-12&upstream=glibc%402.36-9",
  );
});

test.each([
  ["Somebody <somebody@example.org>", { name: "Somebody", mail: "somebody@example.org" }],
  ['"Team, The" <team@example.org>', { name: "Team, The", mail: "team@example.org" }],
  ["Vendor <https://example.org/>", { name: "Vendor" }],
  ["nobody", { name: "nobody" }],
])("who maintains it: %s", (text, parts) => expect(person(text)).toEqual(parts));

test("SPDX: the image contains the packages; licences that it does not know are explained in the document", () => {
  expect(spdxDocument(subject, [libc, curl], "urn:uuid:1")).toMatchObject({
    spdxVersion: "SPDX-2.3",
    documentNamespace: "urn:uuid:1",
    creationInfo: { created: "2026-01-01T00:00:00Z" },
    documentDescribes: ["SPDXRef-Image"],
    packages: [
      { name: "debian-12", checksums: [{ algorithm: "SHA256", checksumValue: "a".repeat(64) }, {}] },
      {
        SPDXID: "SPDXRef-Package-1-curl-amd64",
        supplier: "Organization: Somebody (somebody@example.org)",
        licenseDeclared: "curl AND LicenseRef-public-domain",
      },
      { SPDXID: "SPDXRef-Package-2-libc-bin-amd64", supplier: "NOASSERTION", licenseDeclared: "NOASSERTION" },
    ],
    hasExtractedLicensingInfos: [{ licenseId: "LicenseRef-public-domain", name: "public domain" }],
    relationships: [
      { relationshipType: "CONTAINS", relatedSpdxElement: "SPDXRef-Package-1-curl-amd64" },
      { relationshipType: "CONTAINS", relatedSpdxElement: "SPDXRef-Package-2-libc-bin-amd64" },
    ],
  });
});

test("CycloneDX: the image is the component described, each package one of its components", () => {
  expect(cycloneDxDocument(subject, [libc, curl], "1")).toMatchObject({
    specVersion: "1.6",
    metadata: { component: { name: "debian-12", hashes: [{ alg: "SHA-256", content: "a".repeat(64) }, {}] } },
    components: [
      { name: "curl", licenses: [{ license: { id: "curl" } }, { license: { name: "public domain" } }] },
      { name: "libc-bin", purl: packageUrl(libc, subject.os) },
    ],
  });
});

test.each([
  ["SPDX", spdxDocument],
  ["CycloneDX", cycloneDxDocument],
])("%s: the order of the packages makes no difference", (_, document) => {
  expect(JSON.stringify(document(subject, [libc, curl], "1"))).toBe(
    JSON.stringify(document(subject, [curl, libc], "1")),
  );
});
