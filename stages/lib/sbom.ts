/** Stage 7's bills of materials: what is in the image, in the two forms that tools read. */
import path from "node:path";
import { cycloneDxDocument } from "../../model/sbom-cyclonedx";
import { spdxDocument } from "../../model/sbom-spdx";
import type { BillSubject, SoftwarePackage } from "../../model/software";
import { ARTEFACTS, toShare } from "./artefacts";
import { sha256 } from "./digests";
import { writeAtomic } from "./files";
import type { StageContext } from "./stage";

export interface BilledImage {
  /** Of the qcow2. */
  readonly sha256: string;
  readonly sha512: string;
  /** ISO 8601: up to when patches are in it. */
  readonly patchedUntil: string;
}

/** Writes both bills of what is installed. */
export async function writeBills(
  { paths, plan, signal }: StageContext,
  image: BilledImage,
  packages: readonly SoftwarePackage[],
): Promise<void> {
  const { spdx, cycloneDx } = bills(billSubject(plan, image), packages);
  const files = [
    [ARTEFACTS.sbomSpdx, spdx],
    [ARTEFACTS.sbomCycloneDx, cycloneDx],
  ] as const;
  for (const [name, document] of files) {
    await writeAtomic(path.join(paths.local, name), `${JSON.stringify(document, null, 1)}\n`);
    await toShare(paths, name, signal);
  }
}

/** Pure: what the bills say of the image itself. */
export function billSubject(plan: StageContext["plan"], image: BilledImage): BillSubject {
  const { name, description, owner, os } = plan.image;
  return {
    image: name,
    build: plan.build,
    description,
    file: ARTEFACTS.image(plan.build),
    sha256: image.sha256,
    sha512: image.sha512,
    os,
    supplier: { name: `Image Factory ${plan.factory}`, mail: owner },
    created: image.patchedUntil,
    tool: "image-factory-1",
  };
}

/** Pure: both documents. Their names of their own come from the image's bytes, so that the same image has the same. */
export function bills(subject: BillSubject, packages: readonly SoftwarePackage[]): { spdx: object; cycloneDx: object } {
  const digest = sha256(`${subject.build}\n${subject.sha256}`);
  const [a, b, c, d, e] = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    digest.slice(13, 16),
    digest.slice(17, 20),
    digest.slice(20, 32),
  ];
  // A UUID of version 8: of one's own making.
  const serial = `${a}-${b}-8${c}-8${d}-${e}`;
  return {
    spdx: spdxDocument(subject, packages, `urn:uuid:${serial}`),
    cycloneDx: cycloneDxDocument(subject, packages, serial),
  };
}
