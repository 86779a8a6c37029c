/** An image's definition for tests. */
import type { ImageDefinition } from "../../../model/image";

export function imageDefinition(over: Partial<ImageDefinition> = {}): ImageDefinition {
  return {
    name: "debian-12",
    description: "Debian 12",
    owner: "owner@example.org",
    builder: "diskimage-builder",
    recipe: { elements: ["debian-minimal", "vm"] },
    os: { distro: "debian", version: "12", codename: "bookworm", user: "debian" },
    architecture: "x86_64",
    minDiskGiB: 3,
    minRamMiB: 512,
    firmware: "bios",
    purpose: "custom",
    replaceFrequency: "monthly",
    uuidValidity: "none",
    providedUntil: "2028-06-30",
    source: "private",
    variants: {},
    tests: { vulnerabilities: { failOn: "none", ignore: [] }, skip: [] },
    schedule: "manual",
    retention: {},
    support: {},
    status: { tested: true },
    ...over,
  };
}
