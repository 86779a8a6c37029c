import { buildChecks } from "../../../deployer/checks";
import { Deployment } from "../../../deployer/deployment";
import { homeAt } from "../../../deployer/home";
import { exampleContext } from "../stacks/context";
import { imageDefinition } from "../model/definitions";
import { CloudServer, type Seen } from "../openstack/cloud-server";

let cloud: CloudServer;
beforeEach(async () => {
  cloud = await CloudServer.start();
  const network = (name: string) => ({ id: name, name, tags: [] });
  const answer = ({ query }: Seen) => ({
    json: { networks: [network(query.get("router:external") === "true" ? "outside" : "demo")] },
  });
  cloud
    .on("GET /v2.1/flavors/detail", { json: { flavors: [{ name: "m1.small" }, { name: "m1.medium" }] } })
    .on("GET /v2.1/os-availability-zone", {
      json: { availabilityZoneInfo: ["lxc", "qemu"].map((zoneName) => ({ zoneName, zoneState: { available: true } })) },
    })
    .on("GET /v2/images", ({ query }) => ({
      json: {
        images: query.has("name")
          ? []
          : [{ name: "debian" }, { name: "debian-12-202601010000-0001" }, { name: null }, { name: "debian" }],
      },
    }))
    .on("GET /v2.0/networks", answer)
    .on("GET /v2.0/security-groups", { json: { security_groups: [{ id: "g", name: "g", tags: [] }] } });
});
afterEach(() => cloud.stop());

test("what the configuration names and the cloud lacks is told by the name of the file that is in use", async () => {
  const { config } = exampleContext();
  const deployment = new Deployment("/nowhere", config, [], homeAt("/nowhere"), "/etc/factory/team.yaml");
  const session = cloud.session();
  jest.spyOn(deployment, "project").mockReturnValue(session);
  const checks = buildChecks(deployment, { image: {} as never, build: "b" });
  const found = await checks.find(({ name }) => name === "flavors, images, zones, networks")!.run();
  expect(found).toEqual([
    '/etc/factory/team.yaml: network.external: test has no "public"; it has outside',
    '/etc/factory/team.yaml: nodes.buildHost.image: test has no active image "factory-host"; it has debian',
  ]);
});

test("an image whose distribution has no mirror is told before anything is spent", async () => {
  const { config } = exampleContext();
  const deployment = new Deployment("/nowhere", config, [], homeAt("/nowhere"), "/etc/factory/team.yaml");
  cloud.on("GET /v2.1/flavors/detail", { json: { flavors: [] } });
  const session = cloud.session();
  jest.spyOn(deployment, "project").mockReturnValue(session);
  const image = imageDefinition({ os: { distro: "rocky", version: "9", codename: "9", user: "rocky" } });
  const checks = buildChecks(deployment, { image, build: "b" });
  expect(await checks.find(({ name }) => name === "catalogue entry")!.run()).toEqual([
    "/etc/factory/team.yaml: infrastructure.mirrors.rocky: is not set; write the address of a mirror that build hosts reach",
  ]);
});
