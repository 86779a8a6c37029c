import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { TerraformOutput, TerraformResource, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Bucket } from "../constructs/bucket";
import { Port } from "../constructs/connections";
import { DataResource } from "../constructs/data-resource";
import { DnsRecords } from "../constructs/dns-records";
import { factoryCommand } from "../constructs/factory-command";
import { JenkinsController } from "../constructs/jenkins-controller";
import { JumpHost } from "../constructs/jump-host";
import { Network } from "../constructs/network";
import { NfsServer } from "../constructs/nfs-server";
import { NodeBackups } from "../constructs/node-backups";
import { NodeConfigured } from "../constructs/node-configured";
import { applyPolicies, DataIsRetained, StopsBeforeDestroy } from "../constructs/policies";
import { PublisherHost } from "../constructs/publisher-host";
import { SecurityGroup } from "../constructs/security-group";
import { WebServers } from "../constructs/web-server";
import { backedUpNodes } from "../model/backup";
import { plannedBuckets, type BucketUse } from "../model/buckets";
import { IPERF3_PORT } from "../model/jenkins";
import { names, numbered } from "../model/naming";
import type { StackContext } from "./context";
import { Directory } from "./directory";
import { Places } from "./places";
import { sourcesDigest } from "./programs";
import { stateBackend } from "./state-backend";

/** The network test's server: the controller's, or else one that stage 1 starts on a jump host. */
const IPERF3 = Port.tcp(IPERF3_PORT);

/** What lives as long as the factory: networks, all nodes but build hosts, buckets, and the groups that builds join. */
export class FactoryStack extends TerraformStack {
  constructor(scope: Construct, id: string, context: StackContext) {
    super(scope, id);
    const { config, root } = context;
    const { factory, network: net, nodes } = config;
    stateBackend(this, id, context);
    new OpenstackProvider(this, "openstack", { cloud: config.projects.build.cloud });

    const network =
      net.existing === undefined
        ? new Network(this, "network", {
            name: factory,
            cidr: net.cidr,
            external: net.external,
            ...(net.dns && { nameServers: net.dns }),
          })
        : Network.fromExisting(this, "network", net.existing);
    const places = new Places(this, { context, network });
    const buildHosts = new SecurityGroup(this, "build-host", {
      name: names.node(factory, "build-host"),
      description: "build hosts: may mount the share and reach test instances",
    });
    const testInstances = new SecurityGroup(this, "test-instance", {
      name: names.node(factory, "test-instance"),
      description: "temporary instances that test what was built",
    });

    const { directoryReplica } = nodes;
    const directory = directoryReplica && new Directory(this, { context, places, kind: directoryReplica });
    const nodeValues = { ...context.nodeValues, ...(directory && { joined: directory.joined }) };

    const jumpHosts = numbered("jump-host", nodes.jumpHost.count).map(
      (host) =>
        new JumpHost(this, host, {
          ...places.build,
          name: names.node(factory, host),
          kind: nodes.jumpHost,
          external: net.external,
          sshFrom: net.sshFrom,
          networks: [net.cidr, places.servicesCidr],
          nodeValues,
        }),
    );
    const nfsServer = new NfsServer(this, "nfs-server", {
      ...places.build,
      root,
      name: names.node(factory, "nfs-server"),
      kind: nodes.nfsServer,
      volume: { name: names.dataVolume(factory, "nfs-server"), sizeGiB: nodes.nfsServer.volumeGiB },
      nodeValues,
    });
    const controller =
      nodes.controller &&
      new JenkinsController(this, "controller", {
        ...places.build,
        root,
        name: names.node(factory, "controller"),
        kind: nodes.controller,
        volume: { name: names.dataVolume(factory, "controller"), sizeGiB: nodes.controller.volumeGiB },
        jenkins: config.jenkins,
        nodeValues,
      });
    const buckets = plannedBuckets(config.buckets).map(({ existing, ...bucket }) => ({
      use: bucket.use,
      bucket: existing
        ? Bucket.fromExisting(bucket.name)
        : new Bucket(this, `bucket-${bucket.name}`, {
            ...bucket,
            root,
            kind: config.buckets.kind,
            cloud: config.projects.production.cloud,
            ...(config.buckets.encryptionKey !== undefined && { encryptionKey: config.buckets.encryptionKey }),
          }),
    }));
    const bucketsReady = (...uses: readonly BucketUse[]) =>
      buckets.filter(({ use }) => uses.includes(use)).flatMap(({ bucket }) => bucket.ready);
    const web =
      nodes.webServer &&
      new WebServers(this, "web", {
        ...places.services,
        names: names.nodes(factory, "web-server", nodes.webServer.count),
        addressName: names.webAddress(factory),
        kind: nodes.webServer,
        external: net.external,
        ...(net.webFrom && { webFrom: net.webFrom }),
        sshFrom: [...jumpHosts, ...(controller ? [controller] : [])].map(({ host }) => host.asPeer()),
        balancer: config.webServer.balancer,
        cidr: places.servicesCidr,
        nodeValues,
      });
    const publisher =
      nodes.publisher &&
      new PublisherHost(this, "publisher", {
        ...places.build,
        root,
        name: names.node(factory, "publisher"),
        kind: nodes.publisher,
        nodeValues,
      });

    for (const jumpHost of jumpHosts) {
      nfsServer.connections.allowFrom(jumpHost, Port.ssh, "SSH through the jump host");
      controller?.connections.allowFrom(jumpHost, Port.ssh, "SSH through the jump host");
      publisher?.connections.allowFrom(jumpHost, Port.ssh, "SSH through the jump host");
      controller?.allowWebFrom(jumpHost);
      if (!controller) jumpHost.connections.allowFrom(testInstances, IPERF3, "network test");
      directory?.allowSshFrom(jumpHost.host);
    }
    controller?.allowNetworkTestFrom(testInstances);
    if (controller) {
      for (const one of [...jumpHosts, nfsServer, ...(publisher ? [publisher] : [])])
        one.connections.allowFrom(controller, Port.ssh, "SSH of the controller's deployer");
      directory?.allowSshFrom(controller.host);
    }
    nfsServer.allowMountFrom(buildHosts);
    testInstances.connections.allowFrom(buildHosts, Port.ssh, "the tests' SSH");
    const others = [nfsServer, controller, publisher].flatMap((one) => (one ? [one.host] : []));
    directory?.allowQueriesFrom([...jumpHosts.map(({ host }) => host), ...others, ...(web?.hosts ?? [])]);

    // One jump host after the other: there is always a way in.
    const wayIn = jumpHosts.reduce<NodeConfigured[]>(
      (before, { host, node }) => [
        ...before,
        new NodeConfigured(this, `${node.id}-configured`, { root, node: host, after: before, tolerated: "people" }),
      ],
      [],
    );
    const backupsBucket = buckets.find(({ use }) => use === "backups")?.bucket;
    const backups =
      backupsBucket && backedUpNodes(config).length > 0
        ? new NodeBackups(this, "backups", { root, bucket: backupsBucket, keep: config.retention.backups })
        : undefined;
    const directories = directory?.configured(wayIn, backups) ?? [];
    const ready = [...wayIn, ...directories];
    // the way in is there before the directory; here it has to know its people too
    if (directory)
      for (const [index, { host, node }] of jumpHosts.entries())
        new NodeConfigured(this, `${node.id}-joined`, {
          root,
          node: host,
          settings: { configured: wayIn[index]?.resource.id ?? "" },
          after: ready,
        });
    new NodeConfigured(this, "nfs-server-configured", {
      root,
      node: nfsServer.host,
      after: ready,
      settings: { retention: JSON.stringify(config.retention), program: sourcesDigest("share", "model") },
    });

    if (controller)
      new NodeConfigured(this, "controller-configured", {
        root,
        node: controller.host,
        after: ready,
        ...backups?.configured,
        settings: { revision: context.revision, ...backups?.configured.settings },
      });

    if (publisher)
      new NodeConfigured(this, "publisher-configured", {
        root,
        node: publisher.host,
        after: ready,
        needs: [publisher.credential, ...bucketsReady("requests", "staging", "release")],
      });
    // One web server after the other: one of a pair always serves.
    web?.hosts.reduce<NodeConfigured[]>(
      (before, host) => [
        new NodeConfigured(this, `${host.node.id}-configured`, {
          root,
          node: host,
          settings: {
            address: web.publicAddress,
            released: config.buckets.release,
            names: (config.webServer.names ?? []).join(" "),
          },
          after: before,
          needs: bucketsReady("release"),
        }),
      ],
      ready,
    );

    if (net.dnsZone !== undefined)
      new DnsRecords(this, "dns-records", {
        zone: net.dnsZone,
        addresses: {
          "jump-host": jumpHosts.flatMap(({ host }) => host.publicAddress ?? []),
          web: web ? [web.publicAddress] : [],
          controller: controller ? [controller.host.address] : [],
          directory: directory?.addresses ?? [],
        },
      });

    // Depends on everything, so it is the first to be destroyed, and nothing is when it refuses.
    new DataResource(this, "unused", {
      dependsOn: this.node.findAll().filter((one) => TerraformResource.isTerraformResource(one)),
      provisioners: [factoryCommand({ root, words: ["unused"], whenDestroyed: true })],
    });

    applyPolicies(this, {
      tags: { factory },
      public: ["jump-host", "web"],
      web: ["web"],
      ssh: [
        { to: ["jump-host"], ranges: net.sshFrom },
        { from: ["jump-host", "controller"] },
        { to: ["test-instance"], from: ["build-host"] },
      ],
      further: [new DataIsRetained(), new StopsBeforeDestroy()],
    });

    new TerraformOutput(this, "jump-host-server", { value: jumpHosts[0]?.host.serverId });
    new TerraformOutput(this, "nfs-server-address", { value: nfsServer.host.address });
  }
}
