import { ComputeKeypairV2 } from "@cdktf/provider-openstack/lib/compute-keypair-v2";
import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { Aspects, DataResource, LocalBackend, TerraformOutput, TerraformResource, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Bucket } from "../constructs/bucket";
import { Port } from "../constructs/connections";
import { factoryCommand } from "../constructs/factory-command";
import { JumpHost } from "../constructs/jump-host";
import { Network } from "../constructs/network";
import { NfsServer } from "../constructs/nfs-server";
import { NodeReady } from "../constructs/node-ready";
import { NoSecretInUserData, NothingOpenToAll, PublicAddressesOnlyFor } from "../constructs/policies";
import { SecurityGroup } from "../constructs/security-group";
import { Tagging } from "../constructs/tagging";
import { names, tagMetadata, tags } from "../model/naming";
import type { StackContext } from "./context";

/** iperf3's own port; stage 1 starts the server on the jump host. */
const IPERF3 = Port.tcp(5201);

/** What lives as long as the factory: network, jump host, NFS server, buckets, and the groups that builds join. */
export class FactoryStack extends TerraformStack {
  constructor(scope: Construct, id: string, context: StackContext) {
    super(scope, id);
    const { config, root, nodeValues } = context;
    const { factory, network: net, nodes } = config;
    new LocalBackend(this, { path: context.statePath(id) });
    new OpenstackProvider(this, "openstack", { cloud: config.projects.build.cloud });

    const network = new Network(this, "network", {
      name: factory,
      cidr: net.cidr,
      external: net.external,
      ...(net.dns && { nameServers: net.dns }),
    });
    const keyPair = new ComputeKeypairV2(this, "key-pair", {
      name: names.keyPair(factory),
      publicKey: context.deployerPublicKey,
    }).name;
    const buildHosts = new SecurityGroup(this, "build-host", {
      name: names.node(factory, "build-host"),
      description: "build hosts: may mount the share and reach test instances",
    });
    const testInstances = new SecurityGroup(this, "test-instance", {
      name: names.node(factory, "test-instance"),
      description: "temporary instances that test what was built",
    });

    const jumpHost = new JumpHost(this, "jump-host", {
      name: names.node(factory, "jump-host"),
      kind: nodes.jumpHost,
      network,
      keyPair,
      external: net.external,
      sshFrom: net.sshFrom,
      nodeValues,
    });
    const nfsServer = new NfsServer(this, "nfs-server", {
      root,
      name: names.node(factory, "nfs-server"),
      kind: nodes.nfsServer,
      network,
      keyPair,
      volume: { name: names.dataVolume(factory, "nfs-server"), sizeGiB: nodes.nfsServer.volumeGiB },
      clients: net.cidr,
      nodeValues,
    });
    for (const name of [config.buckets.requests, config.buckets.staging, config.buckets.release])
      new Bucket(this, `bucket-${name}`, { root, name });

    nfsServer.connections.allowFrom(jumpHost, Port.ssh, "SSH through the jump host");
    nfsServer.allowMountFrom(buildHosts);
    testInstances.connections.allowFrom(buildHosts, Port.ssh, "the tests' SSH");
    jumpHost.connections.allowFrom(testInstances, IPERF3, "network test");

    const jumpHostReady = new NodeReady(this, "jump-host-ready", { root, node: jumpHost.host });
    new NodeReady(this, "nfs-server-ready", { root, node: nfsServer.host, after: [jumpHostReady] });

    // Depends on everything, so it is the first to be destroyed, and nothing is when it refuses.
    new DataResource(this, "unused", {
      dependsOn: this.node.findAll().filter((one) => TerraformResource.isTerraformResource(one)),
      provisioners: [factoryCommand({ root, words: ["unused"], whenDestroyed: true })],
    });

    Aspects.of(this).add(new Tagging(tags({ factory }), tagMetadata({ factory })));
    Aspects.of(this).add(new PublicAddressesOnlyFor(["jump-host"]));
    Aspects.of(this).add(new NothingOpenToAll());
    Aspects.of(this).add(new NoSecretInUserData());

    new TerraformOutput(this, "jump-host-server", { value: jumpHost.host.serverId });
    new TerraformOutput(this, "nfs-server-address", { value: nfsServer.host.address });
  }
}
