import { Testing } from "cdktf";
import { names } from "../../../model/naming";
import { FactoryStack } from "../../../stacks/factory";
import { all, counts, synthStack } from "../constructs/synth";
import { exampleContext } from "./context";

const { config } = exampleContext();
const { resource, data } = synthStack(new FactoryStack(Testing.app(), "factory", exampleContext()));

test("the example makes these resources, and no others", () => {
  expect(counts(resource)).toEqual({
    openstack_compute_instance_v2: 8,
    openstack_compute_keypair_v2: 2,
    openstack_compute_servergroup_v2: 2,
    openstack_networking_floatingip_v2: 2,
    openstack_networking_network_v2: 2,
    openstack_networking_port_v2: 10, // the nodes', the web site's address, the leg in services' network
    openstack_networking_rbac_policy_v2: 1,
    openstack_networking_router_interface_v2: 3,
    openstack_networking_router_v2: 2,
    openstack_networking_secgroup_rule_v2: 41,
    openstack_networking_secgroup_v2: 10, // the nodes', build hosts', test instances'
    openstack_networking_subnet_route_v2: 1,
    openstack_networking_subnet_v2: 2,
    terraform_data: 25,
  });
  expect(counts(data)).toEqual({
    openstack_blockstorage_volume_v3: 4, // NFS server, controller, directory replicas
    openstack_identity_auth_scope_v3: 1,
    openstack_images_image_v2: 8,
    openstack_networking_network_v2: 2,
  });
});

test("the jump host and the web site have the only public addresses", () => {
  const addresses = all(resource, "openstack_networking_floatingip_v2");
  expect(addresses.map(({ description }) => description).sort()).toEqual(["demo-jump-host", "demo-web"]);
});

test("the web site is open to the configured ranges on 80 and 443, and to nobody on anything else", () => {
  const rules = all(resource, "openstack_networking_secgroup_rule_v2").filter((rule) =>
    String(rule["security_group_id"]).includes("web_web-server"),
  );
  const byRange = rules.filter((rule) => config.network.webFrom?.includes(String(rule["remote_ip_prefix"])));
  expect([...new Set(byRange.map((rule) => rule["port_range_min"]))].sort()).toEqual([443, 80]);
  const others = rules.filter((rule) => !byRange.includes(rule));
  expect(others.map((rule) => [rule["protocol"], rule["port_range_min"]].join(" ")).sort()).toEqual([
    // from the jump host and the controller, each
    ...Array<string>(4).fill("tcp 22"),
    "tcp 443",
    "tcp 443",
    "vrrp ",
    "vrrp ",
  ]);
});

test("the nodes that others reach have names in the zone of the cloud's DNS, where one is configured", () => {
  expect(resource).not.toHaveProperty("openstack_dns_recordset_v2");
  const zone = { ...config, network: { ...config.network, dnsZone: "images.example.org" } };
  const context = { ...exampleContext(), config: zone };
  const records = synthStack(new FactoryStack(Testing.app(), "factory", context)).resource[
    "openstack_dns_recordset_v2"
  ];
  expect(Object.values(records ?? {}).map(({ name }) => name)).toEqual(
    expect.arrayContaining(
      ["web", "jump-host", "controller", "directory"].map((name) => `${name}.images.example.org.`),
    ),
  );
});

test("a network that is there already is used, with no router of ours", () => {
  const network = { ...config.network, existing: "theirs", services: { connection: "shared" as const } };
  const context = { ...exampleContext(), config: { ...config, network } };
  const { resource: made, data: found } = synthStack(new FactoryStack(Testing.app(), "factory", context));
  expect(all(found, "openstack_networking_network_v2").map(({ name }) => name)).toContain("theirs");
  for (const type of ["network", "subnet", "router", "router_interface"])
    expect(made).not.toHaveProperty(`openstack_networking_${type}_v2`);
});

test("web servers come into order one after the other, when the bucket that they show is there", () => {
  const second = resource["terraform_data"]?.["web-server-2-configured"]?.["depends_on"];
  expect(second).toEqual(expect.arrayContaining(["terraform_data.web-server-configured"]));
  const first = resource["terraform_data"]?.["web-server-configured"]?.["depends_on"];
  expect(first).toEqual(expect.arrayContaining([expect.stringMatching(/bucket-demo-release_retained_settings/)]));
});

test("the publisher's credential ends with the factory, after the node that was given it", () => {
  const [credential, resourceOf] = Object.entries(resource["terraform_data"] ?? {}).find(([id]) =>
    id.startsWith("publisher_credential"),
  )!;
  expect(JSON.stringify(resourceOf)).toMatch(/internal revoke-publisher.*"when":"destroy"/);
  expect(resource["terraform_data"]?.["publisher-configured"]?.["depends_on"]).toEqual(
    expect.arrayContaining([`terraform_data.${credential}`]),
  );
});

test("SSH reaches the jump host from the configured ranges, and every other node from the jump host and the controller's deployer alone", () => {
  const ssh = all(resource, "openstack_networking_secgroup_rule_v2").filter((rule) => rule["port_range_min"] === 22);
  const toJumpHost = ssh.filter((rule) => String(rule["security_group_id"]).includes("jump-host"));
  expect(toJumpHost.map((rule) => rule["remote_ip_prefix"])).toEqual(exampleContext().config.network.sshFrom);
  const toNfs = ssh.filter((rule) => String(rule["security_group_id"]).includes("nfs-server"));
  expect(toNfs.map((rule) => String(rule["remote_group_id"])).sort()).toEqual([
    expect.stringContaining("controller"),
    expect.stringContaining("jump-host"),
  ]);
});

test("everything that can carry tags carries the factory's", () => {
  const taggable = ["network_v2", "subnet_v2", "router_v2", "port_v2", "secgroup_v2", "floatingip_v2"].map(
    (t) => `openstack_networking_${t}`,
  );
  for (const type of [...taggable, "openstack_compute_instance_v2"])
    for (const one of all(resource, type))
      expect(one["tags"]).toEqual(expect.arrayContaining(["image-factory", "factory=demo"]));
});

test("the NFS server's volume and the buckets are kept by intention, none is Terraform's own", () => {
  expect(resource).not.toHaveProperty("openstack_blockstorage_volume_v3");
  expect(resource).not.toHaveProperty("openstack_objectstorage_container_v1");
  const commands = all(resource, "terraform_data").map((data) => JSON.stringify(data));
  for (const name of ["demo-nfs-server-data", "demo-requests", "demo-staging", "demo-release", "demo-backups"])
    expect(commands.filter((text) => text.includes("release --project") && text.includes(name))).toHaveLength(1);
});

test("a destroy while there are builds is refused before anything goes", () => {
  const { unused } = resource["terraform_data"] ?? {};
  expect(JSON.stringify(unused)).toMatch(/internal unused.*"when":"destroy"/);
  const others = Object.entries(resource).flatMap(([type, ones]) => Object.keys(ones).map((id) => `${type}.${id}`));
  expect(unused?.["depends_on"]).toEqual(
    expect.arrayContaining(others.filter((one) => one !== "terraform_data.unused")),
  );
});

test("what brings a node into order is found by the node's name, for factory replace", () => {
  const servers = Object.entries(resource["openstack_compute_instance_v2"] ?? {});
  expect(servers.length).toBeGreaterThan(1);
  for (const [id, server] of servers) {
    const configured = resource["terraform_data"]?.[names.configured("demo", String(server["name"]))];
    expect(JSON.stringify(configured?.["triggers_replace"])).toContain(`openstack_compute_instance_v2.${id}.id`);
  }
});

test("the network test's server is the controller's where there is one, and the jump host's otherwise", () => {
  const rules = (resources: typeof resource) =>
    all(resources, "openstack_networking_secgroup_rule_v2")
      .filter((rule) => rule["port_range_min"] === 5201)
      .map((rule) => String(rule["security_group_id"]));
  expect(rules(resource)).toEqual([expect.stringContaining("controller")]);
  const context = exampleContext();
  const nodes = { ...context.config.nodes, controller: undefined };
  const without = { ...context, config: { ...context.config, nodes } };
  const other = synthStack(new FactoryStack(Testing.app(), "factory", without)).resource;
  expect(rules(other)).toEqual([expect.stringContaining("jump-host")]);
  expect(all(other, "openstack_compute_instance_v2").map((server) => server["name"])).not.toContain("demo-controller");
});

test("the controller's deployer reaches every other node by SSH, without the jump host", () => {
  const servers = Object.keys(resource["openstack_compute_instance_v2"] ?? {});
  const groupsReached = all(resource, "openstack_networking_secgroup_rule_v2")
    .filter((rule) => rule["port_range_min"] === 22)
    .filter((rule) => /controller/.test(`${String(rule["remote_group_id"])} ${String(rule["remote_ip_prefix"])}`))
    .map((rule) => String(rule["security_group_id"]));
  const roles = ["jump-host", "nfs-server", "publisher", "directory-replica", "web"];
  expect(servers.length).toBeGreaterThan(roles.length);
  for (const role of roles) expect(groupsReached.filter((group) => group.includes(role)).length).toBeGreaterThan(0);
});

test("nodes with backups are handed over to once the bucket is there, and again when what is kept changes", () => {
  const configured = resource["terraform_data"]?.["controller-configured"];
  expect(configured?.["triggers_replace"]).toMatchObject({ backups: "demo-backups", keptBackups: "14" });
  const needed = JSON.stringify(configured?.["depends_on"]);
  for (const one of ["terraform_data.bucket-demo-backups_", "terraform_data.backups_access_"])
    expect(needed).toContain(one);
});
