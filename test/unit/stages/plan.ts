/** A complete plan for tests. */
import type { BuildPlan } from "../../../model/plan";

export const BUILD = "debian-12-202601010000-0a1b";

export const PLAN: BuildPlan = {
  version: 1,
  factory: "demo",
  build: BUILD,
  requestedBy: "owner@desk",
  image: {
    name: "debian-12",
    description: "Debian 12",
    owner: "images@example.org",
    builder: "diskimage-builder",
    recipe: { elements: ["debian-cloud", "vm"], environment: { DIB_GRUB_TIMEOUT: "0" }, packages: ["curl", "less"] },
    os: { distro: "debian", version: "12", codename: "bookworm", user: "debian" },
    architecture: "x86_64",
    firmware: "bios",
    minDiskGiB: 3,
    minRamMiB: 512,
    purpose: "custom",
    replaceFrequency: "monthly",
    providedUntil: "2028-06-30",
    uuidValidity: "none",
    source: "private",
  },
  tags: ["image-factory", "factory=demo", "image=debian-12", `build=${BUILD}`],
  expires: "2026-01-02T00:00:00Z",
  options: { force: false, skipPublish: false, debug: false },
  recipes: { commit: "1".repeat(40), dirty: false, source: { kind: "bundle" } },
  mirrors: { debian: "http://mirror.example.org/debian", debianSecurity: "http://mirror.example.org/debian-security/" },
  home: { name: "one", cloud: "build", region: "RegionOne" },
  regions: [{ name: "two", cloud: "build-r2", region: "RegionTwo" }],
  testInstance: {
    networkId: "n",
    securityGroupId: "s",
    flavor: "m1.small",
    zone: "qemu",
    activeTimeout: 10,
    bootTimeout: 10,
  },
  signing: { fingerprint: "A".repeat(40), publicKey: "" },
  buckets: { cloud: "build", requests: "requests", staging: "staging", stagingDays: 30 },
  timeouts: {},
};
