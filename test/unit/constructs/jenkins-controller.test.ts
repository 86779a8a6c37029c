import { Peer } from "../../../constructs/connections";
import { JenkinsController } from "../../../constructs/jenkins-controller";
import { Network } from "../../../constructs/network";
import { SecurityGroup } from "../../../constructs/security-group";
import { jenkins, nodeValues } from "../cloud-init/all-roles";
import { all, only, synthStack, testStack, type Resources } from "./synth";

function synthController(connect: (controller: JenkinsController) => void = () => undefined): Resources {
  const stack = testStack();
  const controller = new JenkinsController(stack, "controller", {
    root: "/repository",
    name: "demo-controller",
    kind: { flavor: "m1.small", image: "factory-host", zone: "lxc" },
    network: Network.fromExisting(stack, "network", "demo"),
    keyPair: "demo-deployer",
    volume: { name: "demo-controller-data", sizeGiB: 5 },
    jenkins,
    nodeValues,
  });
  connect(controller);
  return synthStack(stack).resource;
}

const count = (resource: Resources) =>
  Object.fromEntries(Object.entries(resource).map(([type, ones]) => [type, Object.keys(ones).length]));

test("with required properties: a node with a retained volume, reached by nobody, nothing public", () => {
  expect(count(synthController())).toEqual({
    openstack_compute_instance_v2: 1,
    openstack_networking_port_v2: 1,
    openstack_networking_secgroup_v2: 1,
    terraform_data: 2,
  });
});

test("its server carries its role, and Jenkins' volume from the first boot on", () => {
  const server = only(synthController(), "openstack_compute_instance_v2");
  expect(server).toMatchObject({ name: "demo-controller", tags: ["role=controller"], stop_before_destroy: true });
  expect(server["block_device"]).toHaveLength(2);
});

test("the volume is retained: made, kept and taken up again by intention", () => {
  const commands = all(synthController(), "terraform_data").map((data) => JSON.stringify(data));
  expect(commands.filter((text) => text.includes("--name demo-controller-data --size 5"))).toHaveLength(1);
});

test("its deployer's credentials are withdrawn when it is destroyed", () => {
  const commands = all(synthController(), "terraform_data").map((data) => JSON.stringify(data));
  expect(commands.filter((text) => /internal withdraw","when":"destroy"/.test(text))).toHaveLength(1);
});

test("users reach the proxy alone, test instances the network test alone", () => {
  const resource = synthController((controller) => {
    controller.allowWebFrom(Peer.cidr("10.1.0.0/24"));
    controller.allowNetworkTestFrom(SecurityGroup.fromExisting(controller, "tests", "tests"));
  });
  const rules = all(resource, "openstack_networking_secgroup_rule_v2");
  expect(rules.map((rule) => [rule["port_range_min"], rule["port_range_max"], rule["remote_ip_prefix"]])).toEqual([
    [443, 443, "10.1.0.0/24"],
    [5201, 5201, undefined],
  ]);
});
