/** A bill of materials as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). Pure: the same image, the same text. */
import { inPackageOrder, packageUrl, person, type BillSubject, type Licence, type SoftwarePackage } from "./software";

/** The document; `serial` is a UUID of its own. */
export function cycloneDxDocument(subject: BillSubject, packages: readonly SoftwarePackage[], serial: string): object {
  const all = inPackageOrder(packages);
  const image = `image:${subject.build}`;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${serial}`,
    version: 1,
    metadata: {
      timestamp: subject.created,
      tools: { components: [{ type: "application", name: subject.tool }] },
      supplier: { name: subject.supplier.name, contact: [{ email: subject.supplier.mail }] },
      component: {
        type: "operating-system",
        "bom-ref": image,
        name: subject.image,
        version: subject.build,
        description: subject.description,
        hashes: [
          { alg: "SHA-256", content: subject.sha256 },
          { alg: "SHA-512", content: subject.sha512 },
        ],
        properties: [{ name: "image-factory:file", value: subject.file }],
      },
    },
    components: all.map((one) => component(one, subject)),
    dependencies: [{ ref: image, dependsOn: all.map((one) => packageUrl(one, subject.os)).sort() }],
  };
}

function component(one: SoftwarePackage, { os }: BillSubject): object {
  const purl = packageUrl(one, os);
  const supplier = one.maintainer === undefined ? undefined : person(one.maintainer);
  const properties = [
    ...(one.source ? [{ name: "image-factory:source", value: `${one.source.name} ${one.source.version}` }] : []),
    ...(one.filesDigest === undefined ? [] : [{ name: "image-factory:files-sha256", value: one.filesDigest }]),
  ];
  return {
    type: "library",
    "bom-ref": purl,
    ...(supplier && {
      supplier: { name: supplier.name, ...(supplier.mail !== undefined && { contact: [{ email: supplier.mail }] }) },
    }),
    name: one.name,
    version: one.version,
    ...(one.summary !== undefined && { description: one.summary }),
    ...(one.licences.length > 0 && { licenses: one.licences.map((licence) => ({ license: licenceOf(licence) })) }),
    purl,
    ...(one.homepage !== undefined && { externalReferences: [{ type: "website", url: one.homepage }] }),
    ...(properties.length > 0 && { properties }),
  };
}

const licenceOf = (licence: Licence): object => ("id" in licence ? { id: licence.id } : { name: licence.name });
