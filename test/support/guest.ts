/** A machine beside a factory: its own network, a public address, the image's login user. For what the world is to it. */
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { listImages } from "../../openstack/glance";
import * as neutron from "../../openstack/neutron";
import * as nova from "../../openstack/nova";
import { waitForActive, waitForServerGone } from "../../openstack/nova-wait";
import type { Session } from "../../openstack/session";
import { eventually } from "./eventually";

const CIDR = "10.99.0.0/24";
const USER_DATA = "#cloud-config\nssh_genkeytypes: [ed25519]\n";

export interface Guest {
  /** Where it is reached from everywhere. */
  readonly address: string;
  /** The network that it is in, and the group that lets TCP in: for what shall be beside it. */
  readonly networkId: string;
  readonly securityGroupId: string;
  /** The command's output; throws when its exit status is not 0. `timeout` is in milliseconds, two minutes by default. */
  must(command: string, stdin?: Buffer, timeout?: number): Promise<string>;
  /** Deletes it and all around it. */
  remove(): Promise<void>;
}

/** Boots a system container; returns when it answers. Files go into `directory`. */
export async function bootGuest(session: Session, directory: string): Promise<Guest> {
  const name = `guest-${randomBytes(3).toString("hex")}`;
  const undo: (() => Promise<unknown>)[] = [];
  const make = async (kind: string, fields: object): Promise<{ readonly id: string }> => {
    const json = { [kind.replaceAll("-", "_")]: fields };
    const options = { service: "network", method: "POST", path: `/${kind}s`, json } as const;
    return Object.values(await session.json<Record<string, { id: string }>>(options))[0]!;
  };
  const removed = (resource: Parameters<typeof neutron.remove>[1], id: string): void =>
    void undo.unshift(() => neutron.remove(session, resource, id));

  const network = await make("network", { name });
  removed("networks", network.id);
  const subnet = await make("subnet", { network_id: network.id, ip_version: 4, cidr: CIDR });
  const external = await neutron.oneByName(session, "networks", "public");
  const router = await make("router", { name, external_gateway_info: { network_id: external.id } });
  removed("routers", router.id);
  const interfaceOf = (action: string): Promise<unknown> =>
    session.request({
      service: "network",
      method: "PUT",
      path: `/routers/${router.id}/${action}_router_interface`,
      json: { subnet_id: subnet.id },
    });
  await interfaceOf("add");
  undo.unshift(() => interfaceOf("remove"));
  const group = await make("security-group", { name });
  removed("security-groups", group.id);
  await make("security-group-rule", {
    security_group_id: group.id,
    direction: "ingress",
    ethertype: "IPv4",
    protocol: "tcp",
  });
  const port = await neutron.createPort(session, {
    name,
    networkId: network.id,
    securityGroupIds: [group.id],
    tags: [],
  });
  removed("ports", port.id);
  const identity = await keyPair(session, name, directory);
  undo.unshift(() => nova.deleteKeyPair(session, name));
  const [image] = await listImages(session, { name: "factory-host", status: "active" });
  const flavor = await nova.flavorByName(session, "m1.small");
  const { id } = await nova.createServer(session, {
    name,
    flavorId: flavor.id,
    imageId: image!.id,
    zone: "lxc",
    keyName: name,
    userData: USER_DATA,
    networks: [{ port: port.id }],
  });
  undo.unshift(async () => {
    await nova.deleteServer(session, id);
    await waitForServerGone(session, id, { timeout: 120_000, interval: 1000 });
  });
  const floating = await make("floatingip", { floating_network_id: external.id, port_id: port.id });
  removed("floatingips", floating.id);
  const address = (await neutron.get(session, "floatingips", floating.id))!.floating_ip_address;
  await waitForActive(session, id, { timeout: 180_000, interval: 1000 });

  const must: Guest["must"] = (command, stdin, timeout) => ssh({ identity, address, timeout }, command, stdin);
  await eventually(
    "the guest answers",
    () => must("cloud-init status --wait >/dev/null; echo up").catch(() => undefined),
    {
      timeout: 180_000,
    },
  );
  return {
    address,
    networkId: network.id,
    securityGroupId: group.id,
    must,
    remove: async () => {
      for (const one of undo) await one();
    },
  };
}

async function keyPair(session: Session, name: string, directory: string): Promise<string> {
  const file = path.join(directory, name);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  await nova.createKeyPair(session, name, readFileSync(`${file}.pub`, "utf8").trim());
  return file;
}

interface Way {
  readonly identity: string;
  readonly address: string;
  readonly timeout?: number | undefined;
}

function ssh({ identity, address, timeout = 120_000 }: Way, command: string, stdin?: Buffer): Promise<string> {
  const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", "ConnectTimeout=5"];
  const args = [...options, "LogLevel=ERROR"].flatMap((option) => ["-o", option]);
  const child = spawn("ssh", ["-F", "/dev/null", "-i", identity, ...args, `debian@${address}`, command], {
    stdio: ["pipe", "pipe", "pipe"],
    timeout,
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${address}: "${command}": exit status ${String(code)}: ${err.trim()}`));
    });
  });
}
