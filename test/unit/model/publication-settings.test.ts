import { publicationSettings } from "../../../model/publication-settings";
import { exampleContext } from "../stacks/context";

const { config } = exampleContext();
const around = { trusted: { openPgp: ["key"], image: [] }, approvers: [] };

test("what the publisher is told comes from factory.yaml", () => {
  expect(publicationSettings(config, around)).toMatchObject({
    factory: "demo",
    address: "https://web.demo.internal",
    policy: { approval: "person", visibility: "public", keep: 3, branches: ["main"], signatureProperties: "drop" },
    regions: [
      { name: "RegionOne", region: "RegionOne", cloud: "admin" },
      { name: "RegionTwo", region: "RegionTwo", cloud: "admin" },
    ],
    buckets: { requests: "demo-requests", staging: "demo-staging", release: "demo-release" },
    trusted: { openPgp: ["key"], image: [] },
  });
});

test("a region without an entry of its own is changed by the one that images are brought with", () => {
  const publish = { ...config.publish, clouds: { RegionOne: "admin" } };
  const { regions } = publicationSettings({ ...config, publish }, around);
  expect(regions.map(({ cloud }) => cloud)).toEqual(["admin", "build-r2"]);
});

test("a region has its customer and its place for certificates where they are named", () => {
  const entries = { customers: { RegionOne: "anybody" }, certificates: { RegionTwo: "certificates" } };
  const { regions } = publicationSettings({ ...config, publish: { ...config.publish, ...entries } }, around);
  expect(regions).toEqual([
    { name: "RegionOne", region: "RegionOne", cloud: "admin", customer: "anybody" },
    { name: "RegionTwo", region: "RegionTwo", cloud: "admin", certificates: "certificates" },
  ]);
});

test("reviewed branches are looked at in publish.repository, or where recipes come from, or in the checkout", () => {
  const git = { url: "https://git.example.org/images.git", ref: "main" };
  const cloning = { ...config, infrastructure: { ...config.infrastructure, git } };
  const named = { ...cloning, publish: { ...config.publish, repository: "https://review.example.org/images.git" } };
  const looked = (one: typeof config) => publicationSettings(one, { ...around, checkout: "/here" }).repository;
  expect([looked(named), looked(cloning), looked(config)]).toEqual([named.publish.repository, git.url, "/here"]);
  expect(publicationSettings(config, around)).not.toHaveProperty("repository");
});
