/** One real node of a factory, reached by its public address, without Terraform: what a test of hand-overs needs. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { jumpHostUserData } from "../../../cloud-init/roles";
import { resolveMirrors } from "../../../config/apt-mirrors";
import { waitForFirstBoot } from "../../../deployer/cloud-init";
import type { Deployment } from "../../../deployer/deployment";
import { nodeById, Ways, type FactoryNode } from "../../../deployer/nodes";
import { names, roleTag, tags } from "../../../model/naming";
import { listImages } from "../../../openstack/glance";
import * as neutron from "../../../openstack/neutron";
import * as nova from "../../../openstack/nova";
import { waitForActive, waitForServerGone } from "../../../openstack/nova-wait";

const WAIT = { timeout: 180_000, interval: 1000 };

type Undo = () => Promise<unknown>;

/** Boots a jump host of the deployment; `undone` gets what removes it, the last first. */
export async function bootNode(deployment: Deployment, undone: Undo[]): Promise<FactoryNode> {
  const { factory, network, nodes, infrastructure } = deployment.config;
  const session = deployment.project("build");
  const make = async <T = { id: string }>(kind: string, fields: object): Promise<T> => {
    const options = {
      service: "network",
      method: "POST",
      path: `/${kind}s`,
      json: { [kind.replaceAll("-", "_")]: fields },
    } as const;
    return (await session.json<Record<string, T>>(options))[kind.replaceAll("-", "_")]!;
  };
  const external = await neutron.oneByName(session, "networks", network.external);
  const { id: networkId } = await make("network", { name: factory });
  undone.unshift(() => neutron.remove(session, "networks", networkId));
  const subnet = await make("subnet", { network_id: networkId, ip_version: 4, cidr: network.cidr });
  const router = await make("router", { name: factory, external_gateway_info: { network_id: external.id } });
  undone.unshift(() => neutron.remove(session, "routers", router.id));
  const joined = (action: string): Promise<unknown> =>
    session.request({
      service: "network",
      method: "PUT",
      path: `/routers/${router.id}/${action}_router_interface`,
      json: { subnet_id: subnet.id },
    });
  await joined("add");
  undone.unshift(() => joined("remove"));
  const group = await make("security-group", { name: factory });
  undone.unshift(() => neutron.remove(session, "security-groups", group.id));
  const ssh = { direction: "ingress", ethertype: "IPv4", protocol: "tcp", port_range_min: 22, port_range_max: 22 };
  await make("security-group-rule", { security_group_id: group.id, ...ssh });

  const { sshKey, sshPublicKey } = deployment.home;
  mkdirSync(path.dirname(sshKey), { recursive: true, mode: 0o700 });
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", sshKey]);
  await nova.createKeyPair(session, factory, readFileSync(sshPublicKey, "utf8"));
  undone.unshift(() => nova.deleteKeyPair(session, factory));
  const { flavor, image, zone } = nodes.jumpHost;
  const [imageFound] = await listImages(session, { name: image });
  const { debian: debianMirror, debianSecurity: debianSecurityMirror } = resolveMirrors(infrastructure.mirrors);
  const { id } = await nova.createServer(session, {
    name: names.node(factory, "jump-host"),
    flavorId: (await nova.flavorByName(session, flavor)).id,
    imageId: imageFound!.id,
    zone,
    keyName: factory,
    securityGroups: [factory],
    tags: [...tags({ factory }), roleTag("jump-host")],
    networks: [{ uuid: networkId }],
    userData: jumpHostUserData({ debianMirror, debianSecurityMirror, freePercent: 1, networks: [network.cidr] }),
  });
  undone.unshift(async () => {
    await nova.deleteServer(session, id);
    await waitForServerGone(session, id, WAIT);
  });
  await waitForActive(session, id, WAIT);
  const [port] = await neutron.list(session, "ports", { fields: { device_id: id } });
  const floating = await make("floatingip", { floating_network_id: external.id, port_id: port!.id });
  undone.unshift(() => neutron.remove(session, "floatingips", floating.id));
  const node = await nodeById(deployment, id);
  await waitForFirstBoot(await new Ways(deployment).to(node), { timeout: 300_000 });
  return node;
}
