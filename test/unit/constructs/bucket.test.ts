import { Aspects } from "cdktf";
import { Bucket, type BucketProps } from "../../../constructs/bucket";
import { Tagging } from "../../../constructs/tagging";
import { all, only, synthStack, testStack } from "./synth";

function synthBucket(...buckets: readonly Partial<BucketProps>[]) {
  const stack = testStack();
  buckets.forEach((props, index) => {
    new Bucket(stack, `bucket-${index}`, { root: "/r", name: "demo-a", kind: "swift", cloud: "production", ...props });
  });
  Aspects.of(stack).add(new Tagging(["factory=demo"], { image_factory: "demo" }));
  return synthStack(stack);
}
const commands = (one: Readonly<Record<string, unknown>>): string => JSON.stringify(one["provisioner"]);

test("with required properties: a container that is retained, private, without former versions", () => {
  const { resource } = synthBucket({});
  expect(Object.keys(resource)).toEqual(["terraform_data"]);
  const [retained, settings] = all(resource, "terraform_data");
  expect(commands(retained!)).toMatch(/retain --project production --kind container --name demo-a"/);
  expect(commands(retained!)).toMatch(/release .*"when":"destroy"/);
  expect(commands(settings!)).toContain("--setting public-read=false --setting versioned=false");
});

test("with all properties: a changed setting is applied to the container as it is, which is not let go of", () => {
  const { resource } = synthBucket({ publicRead: true, versioned: true });
  const [retained, settings] = all(resource, "terraform_data");
  expect(JSON.stringify(retained!["triggers_replace"])).not.toMatch(/public-read|versioned/);
  expect(settings!["triggers_replace"]).toMatchObject({ "public-read": "true", versioned: "true" });
  expect(commands(settings!)).toContain("--setting public-read=true --setting versioned=true");
  expect(commands(settings!)).not.toContain("release");
});

test("imported: a bucket that somebody else looks after is used and nothing else", () => {
  expect(Bucket.fromExisting("theirs")).toEqual({ bucketName: "theirs", ready: [] });
});

test("OBS with required properties: private, and never emptied by a destroy", () => {
  const { resource } = synthBucket({ kind: "obs" });
  expect(Object.keys(resource)).toEqual(["opentelekomcloud_obs_bucket"]);
  expect(only(resource, "opentelekomcloud_obs_bucket")).toMatchObject({
    bucket: "demo-a",
    acl: "private",
    versioning: false,
    force_destroy: false,
    tags: { image_factory: "demo" },
  });
});

test("OBS with all properties: public-read, versions, encryption; expiry; one provider for all", () => {
  const { resource } = synthBucket(
    { kind: "obs", publicRead: true, versioned: true, encryptionKey: "key-1" },
    { kind: "obs", name: "demo-b", expireDays: 30 },
  );
  expect(all(resource, "opentelekomcloud_obs_bucket")).toEqual([
    expect.objectContaining({
      acl: "public-read",
      versioning: true,
      server_side_encryption: { algorithm: "kms", kms_key_id: "key-1" },
    }),
    expect.objectContaining({ lifecycle_rule: [{ name: "expire", enabled: true, expiration: [{ days: 30 }] }] }),
  ]);
});

test("fails when what expires is to be kept as a former version", () => {
  expect(() => synthBucket({ versioned: true, expireDays: 3 })).toThrow("what expires is not kept");
});
