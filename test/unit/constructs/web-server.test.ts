import { Peer } from "../../../constructs/connections";
import { Network } from "../../../constructs/network";
import { WebServers, type WebServersProps } from "../../../constructs/web-server";
import { nodeValues } from "../cloud-init/all-roles";
import { all, only, synthStack, testStack, type Resources } from "./synth";

const counts = (resource: Resources): Record<string, number> =>
  Object.fromEntries(Object.entries(resource).map(([type, ones]) => [type, Object.keys(ones).length]));

function synthWeb(props: Partial<WebServersProps> = {}) {
  const stack = testStack();
  new WebServers(stack, "web", {
    names: ["demo-web-server"],
    addressName: "demo-web",
    kind: { flavor: "m1.small", image: "factory-host", zone: "lxc" },
    network: Network.fromExisting(stack, "network", "demo"),
    keyPair: "demo-deployer",
    external: "public",
    sshFrom: [{ ...Peer.cidr("10.60.0.9/32"), peerId: "jump-host" }],
    balancer: "keepalived",
    cidr: "10.60.1.0/24",
    nodeValues,
    ...props,
  });
  return synthStack(stack);
}
const PAIR = { names: ["demo-web-server", "demo-web-server-2"], webFrom: ["172.24.4.0/23"] };
const rulesOf = (resource: Resources): string[] =>
  all(resource, "openstack_networking_secgroup_rule_v2")
    .map((rule) => {
      const [from, port] = [rule["remote_ip_prefix"] ?? "the other", rule["port_range_min"] ?? ""] as string[];
      return `${String(rule["protocol"])} ${String(port)} from ${String(from)}`.replace("  ", " ");
    })
    .sort();

test("with required properties: one server with the address itself, which nobody may see yet", () => {
  const { resource } = synthWeb();
  expect(counts(resource)).toEqual({
    openstack_compute_instance_v2: 1,
    openstack_networking_floatingip_v2: 1,
    openstack_networking_port_v2: 1,
    openstack_networking_secgroup_v2: 1,
    openstack_networking_secgroup_rule_v2: 1,
  });
  expect(rulesOf(resource)).toEqual(["tcp 22 from 10.60.0.9/32"]);
  expect(only(resource, "openstack_networking_floatingip_v2")["port_id"]).toMatch(/web-server_port/);
});

test("a pair shares an address, on different hypervisors where that is possible", () => {
  const { resource, locals } = synthWeb(PAIR);
  expect(counts(resource)).toEqual({
    openstack_compute_instance_v2: 2,
    openstack_compute_servergroup_v2: 1,
    openstack_networking_floatingip_v2: 1,
    openstack_networking_port_v2: 3,
    openstack_networking_secgroup_v2: 2,
    openstack_networking_secgroup_rule_v2: 10,
  });
  expect(only(resource, "openstack_compute_servergroup_v2")["policies"]).toEqual(["soft-anti-affinity"]);
  for (const server of all(resource, "openstack_compute_instance_v2"))
    expect(server["scheduler_hints"]).toEqual([
      { group: expect.stringContaining("servergroup_v2.web_group") as string },
    ]);
  const ports = Object.entries(resource["openstack_networking_port_v2"] ?? {});
  const [shared] = ports.find(([id]) => id.startsWith("web_shared-address"))!;
  for (const [id, port] of ports.filter(([one]) => one !== shared))
    expect([id, port["allowed_address_pairs"]]).toEqual([
      id,
      [{ ip_address: `\${element(openstack_networking_port_v2.${shared}.all_fixed_ips, 0)}` }],
    ]);
  expect(only(resource, "openstack_networking_floatingip_v2")["port_id"]).toContain(shared);
  const [first, second] = Object.values(locals).map(String);
  const own = (text: string | undefined) => /unicast_src_ip (\S+)/.exec(text!)![1];
  const peer = (text: string | undefined) => /unicast_peer \{\n\s+(\S+ ?\S*)/.exec(text!)![1]!.trim();
  expect(own(first)).not.toBe(own(second));
  expect([peer(first).split(",")[0], peer(second).split(",")[0]]).toEqual([
    own(second)!.split(",")[0],
    own(first)!.split(",")[0],
  ]);
});

test("a pair is open to those who may see it, on 80 and 443, and to each other", () => {
  expect(rulesOf(synthWeb(PAIR).resource)).toEqual(
    [
      "tcp 22 from 10.60.0.9/32",
      "tcp 443 from 172.24.4.0/23",
      "tcp 443 from the other",
      "tcp 80 from 172.24.4.0/23",
      "vrrp from the other",
    ].flatMap((rule) => [rule, rule]),
  );
});

test("behind a load balancer the servers take connections from their own network alone", () => {
  const { resource } = synthWeb({ ...PAIR, balancer: "octavia" });
  expect(counts(resource)).toEqual({
    openstack_compute_instance_v2: 2,
    openstack_compute_servergroup_v2: 1,
    openstack_lb_listener_v2: 2,
    openstack_lb_loadbalancer_v2: 1,
    openstack_lb_members_v2: 2,
    openstack_lb_monitor_v2: 2,
    openstack_lb_pool_v2: 2,
    openstack_networking_floatingip_v2: 1,
    openstack_networking_port_v2: 2,
    openstack_networking_secgroup_v2: 2,
    openstack_networking_secgroup_rule_v2: 8,
  });
  expect([...new Set(rulesOf(resource))]).toEqual([
    "tcp 22 from 10.60.0.9/32",
    "tcp 443 from 10.60.1.0/24",
    "tcp 80 from 10.60.1.0/24",
    "tcp 8443 from 10.60.1.0/24",
  ]);
  for (const listener of all(resource, "openstack_lb_listener_v2"))
    expect(listener["allowed_cidrs"]).toEqual(["172.24.4.0/23"]);
  expect(only(resource, "openstack_networking_floatingip_v2")["port_id"]).toMatch(/vip_port_id/);
});

test("a load balancer before a site that nobody may see lets nobody in", () => {
  const { resource } = synthWeb({ names: PAIR.names, balancer: "octavia" });
  for (const listener of all(resource, "openstack_lb_listener_v2"))
    expect(listener["allowed_cidrs"]).toEqual(["127.0.0.1/32"]);
});

test.each([[[]], [["a", "b", "c"]]])("fails when there are to be as many as %j", (names) => {
  expect(() => synthWeb({ names })).toThrow(`test/web: ${names.length} web servers; there can be one or two`);
});
