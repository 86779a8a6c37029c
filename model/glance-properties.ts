/**
 * What an image says of itself in Glance: Nova's and Glance's own properties and those of SCS-0102. All of it is set
 * when the image is created, before its data.
 */
import type { ImageDefinition } from "./image";
import { tagMetadata } from "./naming";
import { otcProperties } from "./otc-properties";
import type { PropertySet } from "./region";

export interface BuildFacts {
  readonly factory: string;
  readonly build: string;
  /** ISO 8601: the moment up to which patches are in it, that is when the repositories were read. */
  readonly patchedUntil: string;
  /** 40 hex digits: the commit of the recipe. */
  readonly commit: string;
  /** Bytes of the disk that it wants. */
  readonly virtualSize: number;
  /** The build's tags (model/naming.ts). */
  readonly tags: readonly string[];
}

export interface Registration {
  readonly minDiskGiB: number;
  readonly minRamMiB: number;
  readonly tags: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
}

const GIB = 1024 ** 3;

/** What a region's image service asks beyond what all are told. */
const MORE: Readonly<Record<PropertySet, (image: ImageDefinition) => Readonly<Record<string, string>>>> = {
  scs: () => ({}),
  otc: otcProperties,
};

/** Everything about an image that Glance is told at create. The definition's own properties win. */
export function registration(image: ImageDefinition, facts: BuildFacts, set: PropertySet = "scs"): Registration {
  return {
    // A flavor that this lets pass must hold the whole disk.
    minDiskGiB: Math.max(image.minDiskGiB, Math.ceil(facts.virtualSize / GIB)),
    minRamMiB: image.minRamMiB,
    tags: [...facts.tags, `os:${image.os.distro}`, `managed_by_${facts.factory}`],
    properties: {
      ...hardware(image),
      ...scsMetadata(image, facts.patchedUntil),
      ...MORE[set](image),
      ...tagMetadata({ factory: facts.factory, image: image.name, build: facts.build }),
      image_factory_commit: facts.commit,
      ...image.properties,
    },
  };
}

/** Whether Nova can give a firmware everything by itself, or needs to be told more. */
const FIRMWARE: Readonly<Record<ImageDefinition["firmware"], Readonly<Record<string, string>>>> = {
  bios: { hw_firmware_type: "bios" },
  // The older machine type knows no UEFI variables that survive.
  uefi: { hw_firmware_type: "uefi", hw_machine_type: "q35" },
};

function hardware(image: ImageDefinition): Record<string, string> {
  return {
    architecture: image.architecture,
    hypervisor_type: "qemu",
    os_type: "linux",
    os_distro: image.os.distro,
    os_version: image.os.version,
    // scsi rather than virtio: many disks at one controller, and discard reaches the store.
    hw_disk_bus: "scsi",
    hw_scsi_model: "virtio-scsi",
    hw_vif_model: "virtio",
    ...FIRMWARE[image.firmware],
  };
}

function scsMetadata(image: ImageDefinition, patchedUntil: string): Record<string, string> {
  return {
    os_purpose: image.purpose,
    replace_frequency: image.replaceFrequency,
    uuid_validity: image.uuidValidity,
    provided_until: image.providedUntil,
    image_source: image.source,
    image_description: image.description,
    image_build_date: utcSeconds(patchedUntil),
    image_original_user: image.os.user,
    ...(image.hotfixHours !== undefined && { hotfix_hours: String(image.hotfixHours) }),
  };
}

/** `2026-03-01 12:30:05` */
function utcSeconds(time: string): string {
  return new Date(time).toISOString().slice(0, 19).replace("T", " ");
}
