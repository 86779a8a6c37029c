/** The rules of SCS-0102 v2 for an image's metadata, written from the standard and its conformance test. */

export interface ListedImage {
  readonly name: string;
  /** GiB and MiB. */
  readonly min_disk: number;
  readonly min_ram: number;
  /** Bytes. */
  readonly size: number;
  readonly created_at: string;
  readonly tags: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
}

const oneOf =
  (...words: readonly string[]) =>
  (value: string): boolean =>
    words.includes(value);
const matches =
  (pattern: RegExp) =>
  (value: string): boolean =>
    pattern.test(value);
const isDate = (value: string): boolean => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));

const MANDATORY: Readonly<Record<string, (value: string) => boolean>> = {
  architecture: oneOf("x86_64", "aarch64", "risc-v"),
  os_distro: oneOf("arch", "centos", "debian", "fedora", "opensuse", "rhel", "rocky", "sled", "ubuntu", "windows"),
  os_version: matches(/./),
  os_purpose: oneOf("generic", "oldgeneric", "minimal", "k8snode", "gpu", "network", "custom"),
  hw_disk_bus: oneOf("virtio", "scsi"),
  replace_frequency: oneOf("yearly", "quarterly", "monthly", "weekly", "daily", "critical_bug", "never"),
  uuid_validity: (value) => /^(none|notice|forever|last-[0-9]+)$/.test(value) || isDate(value),
  provided_until: (value) => value === "none" || value === "notice" || isDate(value),
  image_source: (value) => value === "private" || URL.canParse(value),
  image_description: matches(/./),
  image_build_date: matches(/^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?$/),
  image_original_user: matches(/^\S+$/),
};

const OPTIONAL: Readonly<Record<string, (value: string) => boolean>> = {
  hypervisor_type: oneOf("qemu", "kvm", "xen", "hyper-v", "esxi"),
  hw_rng_model: oneOf("virtio"),
  os_secure_boot: oneOf("required", "disabled", "optional"),
  hw_firmware_type: oneOf("bios", "uefi"),
  hotfix_hours: matches(/^\d+$/),
  os_hash_algo: oneOf("sha256", "sha512"),
};

/** Everything that the rules find wrong, by property. */
export function scsViolations(image: ListedImage, now: Date): string[] {
  const { properties } = image;
  const has = (name: string): boolean => properties[name] !== undefined;
  const built = Date.parse(
    `${properties["image_build_date"]?.replace(" ", "T") ?? ""}Z`.replace(/^(.{10})Z$/, "$1T00:00Z"),
  );
  const rules: readonly (readonly [string, boolean])[] = [
    ...Object.entries(MANDATORY).map(([name, holds]) => [name, has(name) && holds(properties[name] ?? "")] as const),
    ...Object.entries(OPTIONAL).map(([name, holds]) => [name, !has(name) || holds(properties[name] ?? "")] as const),
    ["hw_scsi_model", properties["hw_disk_bus"] !== "scsi" || has("hw_scsi_model")],
    ["min_disk", image.min_disk > 0 && image.min_disk * 1024 ** 3 >= image.size],
    ["min_ram", image.min_ram >= 64],
    ["image_build_date after created_at", built <= Date.parse(image.created_at)],
    ["image_build_date in the future", built <= now.getTime()],
    ["license", !(has("license_included") && has("license_required"))],
    ["subscription", !(has("subscription_included") && has("subscription_required"))],
    ["tag os:", image.tags.some((tag) => tag === `os:${properties["os_distro"] ?? ""}`)],
    ["tag managed_by_", image.tags.some((tag) => tag.startsWith("managed_by_"))],
  ];
  return rules.filter(([, holds]) => !holds).map(([name]) => name);
}
