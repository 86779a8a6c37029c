/** A complete publish request for tests. */
import type { PublishRequest } from "../../../model/publish-request";

export const REQUEST: PublishRequest = {
  version: 2,
  factory: "demo",
  build: "debian-12-202603011200-0001",
  image: {
    name: "debian-12",
    description: "Debian 12",
    owner: "owner@example.org",
    os: { distro: "debian", version: "12", codename: "bookworm", user: "debian" },
    architecture: "x86_64",
    purpose: "custom",
    replaceFrequency: "monthly",
    providedUntil: "2028-06-30",
    uuidValidity: "none",
    support: {},
    certification: { required: false, records: [] },
  },
  target: { name: "debian-12", visibility: "public" },
  recipe: { commit: "a".repeat(40), branch: "main", dirty: false },
  regions: [
    {
      name: "RegionOne",
      region: "RegionOne",
      imageId: "0a7a1c1e-6b1c-4d5e-8f00-0123456789ab",
      hash: { algorithm: "sha512", value: "b".repeat(128) },
    },
  ],
  artefacts: [{ path: "debian-12.qcow2", size: 1, sha256: "c".repeat(64) }],
  signedBy: "D".repeat(40),
  requested: { at: "2026-03-01T12:30:00.000Z", by: "anna@desk", validUntil: "2026-03-15T12:30:00.000Z" },
};
