import { accessRules, servicesFor } from "../../../deployer/access-rules";
import { askedSelection, assemblePlan, buildOptions, keptOptions, type PlanInput } from "../../../deployer/plan";
import { UserError } from "../../../deployer/user-error";
import type { BuildEvent } from "../../../model/events";
import type { ImageDefinition } from "../../../model/image";
import { exampleContext } from "../stacks/context";

const image = { name: "debian-12", regions: undefined } as unknown as ImageDefinition;
const input = (fields: Partial<PlanInput> = {}): PlanInput => ({
  config: exampleContext().config,
  image,
  build: "debian-12-202601010000-0001",
  options: { force: false, skipPublish: false, debug: false },
  recipes: { commit: "c".repeat(40), dirty: false },
  mirrors: { debian: "http://mirror.test/debian", debianSecurity: "http://mirror.test/security" },
  network: { networkId: "n", securityGroupId: "g" },
  signing: { fingerprint: "F".repeat(40), publicKey: "key" },
  iperf3: "10.60.0.5",
  requestedBy: "alice@laptop",
  ...fields,
});

describe("the plan", () => {
  test("tells everything from the configuration", () => {
    expect(assemblePlan(input())).toMatchObject({
      version: 1,
      factory: "demo",
      expires: "2026-01-02T00:00:00Z",
      tags: [
        "image-factory",
        "factory=demo",
        "image=debian-12",
        "build=debian-12-202601010000-0001",
        "expires=2026-01-02T00:00:00Z",
      ],
      home: { name: "RegionOne" },
      regions: [{ name: "RegionTwo" }],
      recipes: { source: { kind: "bundle" } },
      buckets: { cloud: "production", requests: "demo-requests", staging: "demo-staging", stagingDays: 30 },
      testInstance: { networkId: "n", securityGroupId: "g", zone: "qemu" },
      iperf3: { host: "10.60.0.5", port: 5201 },
      requestedBy: "alice@laptop",
    });
  });

  test("expires when Terraform's tag says so", () => {
    expect(assemblePlan(input({ expires: "2026-01-05T12:00:00Z" })).expires).toBe("2026-01-05T12:00:00Z");
  });

  test("an image's own list of regions leaves the home region in", () => {
    const only = (...regions: string[]) =>
      assemblePlan(input({ image: { ...image, regions } })).regions.map(({ name }) => name);
    expect(only("RegionTwo")).toEqual(["RegionTwo"]);
    expect(only("RegionOne")).toEqual([]);
  });

  test("recipes come from the configured repository where there is one", () => {
    const { config } = input();
    const git = { url: "https://git.example.org/images.git", ref: "main" };
    const plan = assemblePlan(input({ config: { ...config, infrastructure: { ...config.infrastructure, git } } }));
    expect(plan.recipes.source).toEqual({ kind: "clone", url: git.url });
  });

  test("the part of the build that is asked for; what is done again needs no change to be done", () => {
    expect(assemblePlan(input())).not.toHaveProperty("selection");
    expect(assemblePlan(input({ selection: { until: "test" } }))).toMatchObject({
      selection: { until: "test" },
      options: { force: false },
    });
    expect(assemblePlan(input({ selection: { only: ["test"] } })).options.force).toBe(true);
  });

  test("how long stages and all of them together may take", () => {
    const { config } = input();
    const stageMinutes = { ...config.build.stageMinutes, test: 7 };
    const plan = assemblePlan(input({ config: { ...config, build: { ...config.build, stageMinutes } } }));
    expect(plan.timeouts).toMatchObject({ test: 420, checkout: 300 });
    expect(plan.timeout).toBe(7200);
  });

  test("a part that makes no sense is one line", () => {
    expect(askedSelection({ FACTORY_UNTIL: "9" })).toEqual({ until: "test" });
    expect(() => askedSelection({ FACTORY_ONLY: "x" })).toThrow(UserError);
  });

  test("options come by the environment, and only as 1", () => {
    expect(buildOptions({ FACTORY_FORCE: "1", FACTORY_SKIP_PUBLISH: "0" })).toEqual({
      force: true,
      skipPublish: false,
      debug: false,
    });
  });
});

test("a resume keeps what the build was started with", () => {
  const asked = { force: false, skipPublish: false, debug: true };
  const started = (options: object): BuildEvent => ({
    time: "2026-01-01T00:00:00Z",
    build: "b",
    stage: "add-agent",
    state: "succeeded",
    data: { options },
  });
  expect(keptOptions(asked, [])).toEqual(asked);
  expect(keptOptions(asked, [started({ force: true }), { ...started({}), data: {} }])).toEqual({
    ...asked,
    force: true,
  });
});

describe("access rules", () => {
  const prefix = (service: string): string => `/${service}/v9`;

  test("a region that is only distributed to gets images and nothing else", () => {
    const rules = accessRules({ uses: ["region"], prefix, buckets: ["a"] });
    expect(new Set(rules.map(({ service }) => service))).toEqual(new Set(["image"]));
    expect(rules).toContainEqual({ service: "image", method: "PUT", path: "/image/v9/images/*/file" });
    expect(servicesFor(["region"])).toEqual(["image"]);
  });

  test("buckets are named one by one; they can be written, not listed or deleted", () => {
    const rules = accessRules({ uses: ["buckets"], prefix, buckets: ["requests", "staging"] });
    expect(rules.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      "HEAD /object-store/v9/requests/*",
      "HEAD /object-store/v9/requests/*/**",
      "HEAD /object-store/v9/staging/*",
      "HEAD /object-store/v9/staging/*/**",
      "PUT /object-store/v9/requests/*",
      "PUT /object-store/v9/requests/*/**",
      "PUT /object-store/v9/staging/*",
      "PUT /object-store/v9/staging/*/**",
    ]);
  });

  test("nobody may make credentials, images public, or servers out of other projects' sight", () => {
    const rules = accessRules({ uses: ["home", "region", "buckets"], prefix, buckets: ["requests"] });
    expect(rules.filter(({ service }) => service === "identity")).toEqual([]);
    expect(rules.filter(({ service, method }) => service === "image" && method === "PATCH")).toEqual([]);
    expect(rules.filter(({ path }) => path.includes("{"))).toEqual([]);
  });
});
