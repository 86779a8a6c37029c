import { registration, type BuildFacts } from "../../../model/glance-properties";
import type { ImageDefinition } from "../../../model/image";
import { tags } from "../../../model/naming";
import { imageDefinition } from "./definitions";
import { scsViolations, type ListedImage } from "./scs-0102";

const facts: BuildFacts = {
  factory: "demo",
  build: "debian-12-202603011200-0001",
  patchedUntil: "2026-03-01T12:01:02.345Z",
  commit: "c".repeat(40),
  virtualSize: 1.5 * 1024 ** 3,
  tags: tags({ factory: "demo", image: "debian-12", build: "debian-12-202603011200-0001" }),
};

/** As Glance lists it, created ten minutes after the repositories were read. */
function listed(image: ImageDefinition, over: Partial<BuildFacts> = {}): ListedImage {
  const { minDiskGiB, minRamMiB, tags: own, properties } = registration(image, { ...facts, ...over });
  return {
    name: facts.build,
    min_disk: minDiskGiB,
    min_ram: minRamMiB,
    size: 300 * 1024 ** 2,
    created_at: "2026-03-01T12:11:00Z",
    tags: own,
    properties,
  };
}
const now = new Date("2026-03-01T12:12:00Z");

describe("SCS-0102", () => {
  test.each<[string, Partial<ImageDefinition>]>([
    ["as it is", {}],
    ["UEFI", { firmware: "uefi" }],
    ["with a promise of hotfixes", { hotfixHours: 0 }],
    ["provided until further notice", { providedUntil: "notice", uuidValidity: "last-3" }],
    [
      "another distribution and architecture",
      { os: { ...imageDefinition().os, distro: "rocky", version: "9" }, architecture: "aarch64" },
    ],
    ["public source", { source: "https://images.example.org/debian-12" }],
  ])("holds: %s", (_, over) => {
    expect(scsViolations(listed(imageDefinition(over)), now)).toEqual([]);
  });

  test("the rules themselves find what is wrong", () => {
    const good = listed(imageDefinition());
    const entries = Object.entries(good.properties).filter(([name]) => !["os_purpose", "hw_scsi_model"].includes(name));
    const properties = Object.fromEntries(entries);
    const bad = { ...good, tags: [], min_disk: 0, properties: { ...properties, image_build_date: "2027-01-01" } };
    expect(scsViolations(bad, now)).toEqual([
      "os_purpose",
      "hw_scsi_model",
      "min_disk",
      "image_build_date after created_at",
      "image_build_date in the future",
      "tag os:",
      "tag managed_by_",
    ]);
  });
});

test("what Glance takes: short keys and values, nothing that it sets itself, fewer than its quota", () => {
  const { properties, tags: own } = registration(imageDefinition(), facts);
  const entries = Object.entries(properties);
  expect(entries.length).toBeLessThan(128);
  expect(entries.filter(([name, value]) => name.length > 255 || value.length > 255 || value === "")).toEqual([]);
  expect(entries.filter(([name]) => /^os_glance|^os_hash|^os_hidden|^img_signature/.test(name))).toEqual([]);
  expect(own.filter((tag) => tag.length > 255)).toEqual([]);
});

test("no property that a flavor has to allow first", () => {
  expect(Object.keys(registration(imageDefinition(), facts).properties)).not.toContain("hw_rng_model");
});

test("the smallest disk holds the whole image", () => {
  expect(registration(imageDefinition({ minDiskGiB: 1 }), facts).minDiskGiB).toBe(2);
  expect(registration(imageDefinition({ minDiskGiB: 3 }), facts).minDiskGiB).toBe(3);
});

test("the definition's own properties win", () => {
  const { properties } = registration(
    imageDefinition({ properties: { hw_disk_bus: "virtio", patchlevel: "7" } }),
    facts,
  );
  expect(properties).toMatchObject({ hw_disk_bus: "virtio", patchlevel: "7" });
});

test("whose it is: factory, image, build and commit, as the clean-up finds it", () => {
  const { properties, tags: own } = registration(imageDefinition(), facts);
  expect(properties).toMatchObject({
    image_factory: "demo",
    image_factory_image: "debian-12",
    image_factory_build: facts.build,
    image_factory_commit: facts.commit,
  });
  expect(own).toEqual(expect.arrayContaining([...facts.tags, "os:debian", "managed_by_demo"]));
});

describe("Open Telekom Cloud", () => {
  test("is told what its image service asks, beside all else", () => {
    const image = imageDefinition();
    const scs = registration(image, facts).properties;
    const otc = registration(image, facts, "otc").properties;
    expect(otc).toMatchObject(scs);
    expect(Object.keys(otc).filter((name) => !(name in scs))).toEqual([
      "__os_bit",
      "__os_type",
      "__platform",
      "__os_version",
      "__imagetype",
      "__image_source_type",
      "__isregistered",
      "__support_kvm",
      "virtual_env_type",
    ]);
    expect(otc).toMatchObject({ __platform: "Debian", __os_version: "Debian GNU/Linux 12.0.0 64bit" });
  });

  test("an image's own properties win", () => {
    const image = imageDefinition({ properties: { __os_version: "Debian GNU/Linux 12.4.0 64bit" } });
    expect(registration(image, facts, "otc").properties["__os_version"]).toBe("Debian GNU/Linux 12.4.0 64bit");
  });
});
