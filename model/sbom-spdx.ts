/** A bill of materials as SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/). Pure: the same image, the same text. */
import { packageFamily, type PackageFamily } from "./package-family";
import { inPackageOrder, packageUrl, person, type BillSubject, type Licence, type SoftwarePackage } from "./software";

const NOTHING_SAID = "NOASSERTION";

/** The document; `namespace` is one of its own, as SPDX asks for. */
export function spdxDocument(subject: BillSubject, packages: readonly SoftwarePackage[], namespace: string): object {
  const all = inPackageOrder(packages);
  const ids = all.map(({ name, architecture }, index) => `SPDXRef-Package-${index + 1}-${idText(name, architecture)}`);
  const image = "SPDXRef-Image";
  const extracted = unknownLicences(all, LICENCE_FILES[packageFamily(subject.os)]);
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: subject.build,
    documentNamespace: namespace,
    creationInfo: {
      created: subject.created.replace(/\.\d+Z$/, "Z"),
      creators: [`Tool: ${subject.tool}`, `Organization: ${subject.supplier.name} (${subject.supplier.mail})`],
    },
    documentDescribes: [image],
    packages: [imagePackage(subject, image), ...all.map((one, index) => entry(one, ids[index] ?? "", subject))],
    ...(extracted.length > 0 && { hasExtractedLicensingInfos: extracted }),
    relationships: ids.map((id) => ({
      spdxElementId: image,
      relationshipType: "CONTAINS",
      relatedSpdxElement: id,
    })),
  };
}

function imagePackage(subject: BillSubject, id: string): object {
  return {
    SPDXID: id,
    name: subject.image,
    versionInfo: subject.build,
    packageFileName: subject.file,
    supplier: `Organization: ${subject.supplier.name} (${subject.supplier.mail})`,
    downloadLocation: NOTHING_SAID,
    filesAnalyzed: false,
    checksums: [
      { algorithm: "SHA256", checksumValue: subject.sha256 },
      { algorithm: "SHA512", checksumValue: subject.sha512 },
    ],
    licenseConcluded: NOTHING_SAID,
    licenseDeclared: NOTHING_SAID,
    copyrightText: NOTHING_SAID,
    summary: subject.description,
    primaryPackagePurpose: "OPERATING-SYSTEM",
  };
}

function entry(one: SoftwarePackage, id: string, { os }: BillSubject): object {
  return {
    SPDXID: id,
    name: one.name,
    versionInfo: one.version,
    supplier: one.maintainer === undefined ? NOTHING_SAID : agent(one.maintainer),
    downloadLocation: NOTHING_SAID,
    filesAnalyzed: false,
    ...(one.homepage !== undefined && { homepage: one.homepage }),
    ...(one.source && { sourceInfo: `built from source package ${one.source.name} ${one.source.version}` }),
    licenseConcluded: NOTHING_SAID,
    licenseDeclared: one.licences.length === 0 ? NOTHING_SAID : one.licences.map(licenceId).join(" AND "),
    copyrightText: NOTHING_SAID,
    ...(one.summary !== undefined && { summary: one.summary }),
    ...(one.filesDigest !== undefined && {
      comment: `SHA-256 of the package's list of file hashes: ${one.filesDigest}`,
    }),
    externalRefs: [
      {
        referenceCategory: "PACKAGE-MANAGER",
        referenceType: "purl",
        referenceLocator: packageUrl(one, os),
      },
    ],
  };
}

/** People and teams are not told apart in a package's database. */
function agent(text: string): string {
  const { name, mail } = person(text);
  return `Organization: ${name}${mail === undefined ? "" : ` (${mail})`}`;
}

const idText = (...parts: readonly string[]): string => parts.join("-").replace(/[^A-Za-z0-9.-]/g, "-");

function licenceId(licence: Licence): string {
  return "id" in licence ? licence.id : `LicenseRef-${idText(licence.name)}`;
}

/** What SPDX does not know is explained once in the document; two names that read the same are one. */
function unknownLicences(packages: readonly SoftwarePackage[], file: string): object[] {
  const names = packages.flatMap(({ licences }) => licences.flatMap((one) => ("name" in one ? [one.name] : [])));
  const byId = new Map(names.sort().map((name) => [licenceId({ name }), name]));
  return [...byId].sort().map(([licenseId, name]) => ({
    licenseId,
    name,
    extractedText: `"${name}": see the package's own copyright file, ${file} in the image`,
  }));
}

/** Where packages put the text of their licences. */
const LICENCE_FILES: Readonly<Record<PackageFamily, string>> = {
  apt: "/usr/share/doc/<package>/copyright",
  rpm: "/usr/share/licenses/<package>/",
};
