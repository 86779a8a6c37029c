/** The directory of the factory's people: its replicas, in project services, and the nodes that ask them. */
import { ComputeServergroupV2 } from "@cdktf/provider-openstack/lib/compute-servergroup-v2";
import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import type { ProviderValues } from "../cloud-init/directory-replica";
import type { JoinedValues } from "../cloud-init/joined";
import { Port } from "../constructs/connections";
import { DirectoryReplica } from "../constructs/directory-replica";
import type { NodeBackups } from "../constructs/node-backups";
import { NodeConfigured } from "../constructs/node-configured";
import type { NodeHost } from "../constructs/node-host";
import type { FactoryConfig } from "../model/config";
import { DIRECTORY } from "../model/directory";
import { names, numbered } from "../model/naming";
import type { StackContext } from "./context";
import type { Places } from "./places";

type ReplicaKind = NonNullable<FactoryConfig["nodes"]["directoryReplica"]>;

export interface DirectoryProps {
  readonly context: StackContext;
  readonly places: Places;
  readonly kind: ReplicaKind;
}

export class Directory {
  /** What joined nodes are told. */
  readonly joined: JoinedValues;
  private readonly replicas: readonly DirectoryReplica[];
  private readonly root: string;

  constructor(
    private readonly stack: Construct,
    { context, places, kind }: DirectoryProps,
  ) {
    const { config, root, nodeValues } = context;
    const { factory, directory } = config;
    const { baseDn, adminGroup, userGroup, operationsGroup } = directory;
    this.root = root;
    const ids = numbered("directory-replica", kind.count);
    const nodes = ids.map((replica) => names.node(factory, replica));
    const fullName = (node: string): string => `${node}.${names.domain(factory)}`;
    // each replica is told the addresses of all, which are there when all are made
    const made: DirectoryReplica[] = [];
    this.joined = {
      replicas: nodes.map((node, index) => ({
        name: fullName(node),
        address: Lazy.stringValue({ produce: () => made[index]?.host.address }),
      })),
      directory: names.directory(factory),
      baseDn,
      adminGroup,
      userGroup,
    };
    const { provider } = places.services;
    const apart =
      nodes.length === 1
        ? undefined
        : new ComputeServergroupV2(stack, "directory-replicas", {
            name: names.node(factory, "directory-replicas"),
            policies: ["soft-anti-affinity"],
            ...(provider && { provider }),
          });
    for (const [index, replica] of ids.entries()) {
      const name = names.node(factory, replica);
      const copied =
        index === 0 ? existingProvider(config) : (existingProvider(config) ?? ownProvider(fullName(nodes[0] ?? "")));
      made.push(
        new DirectoryReplica(stack, replica, {
          ...places.services,
          root,
          name,
          kind,
          volume: { name: names.dataVolume(factory, replica), sizeGiB: kind.volumeGiB },
          project: "services",
          ...(apart && { serverGroupId: apart.id }),
          values: {
            ...nodeValues,
            joined: this.joined,
            name: fullName(name),
            baseDn,
            groups: [...new Set([adminGroup, userGroup, operationsGroup])],
            peers: nodes.filter((other) => other !== name).map(fullName),
            ...(copied && { provider: copied }),
          },
        }),
      );
    }
    this.replicas = made;
    this.allowQueriesFrom(made.map(({ host }) => host));
  }

  /** Lets nodes ask all replicas. */
  allowQueriesFrom(hosts: readonly NodeHost[]): void {
    for (const replica of this.replicas)
      for (const host of hosts) if (host !== replica.host) replica.allowQueriesFrom(host.asPeer());
  }

  /** Addresses of all replicas. */
  get addresses(): string[] {
    return this.replicas.map(({ host }) => host.address);
  }

  allowSshFrom(jumpHost: NodeHost): void {
    for (const replica of this.replicas)
      replica.connections.allowFrom(jumpHost.asPeer(), Port.ssh, "SSH through the jump host");
  }

  /** Brings the replicas into order, one after the other: the provider first, whose state is backed up. */
  configured(after: readonly NodeConfigured[], backups: NodeBackups | undefined): NodeConfigured[] {
    return this.replicas.reduce<NodeConfigured[]>((before, { host, node }) => {
      const id = `${node.id}-configured`;
      const further = before.length === 0 ? backups?.configured : undefined;
      return [
        ...before,
        new NodeConfigured(this.stack, id, { root: this.root, node: host, after: [...after, ...before], ...further }),
      ];
    }, []);
  }
}

function existingProvider({ directory: { provider } }: FactoryConfig): ProviderValues | undefined {
  return (
    provider && {
      url: provider.url,
      bindDn: provider.bindDn,
      ca: provider.ca === undefined ? DIRECTORY.ca : DIRECTORY.providerCa,
    }
  );
}

function ownProvider(name: string): ProviderValues {
  return { url: `ldaps://${name}`, bindDn: DIRECTORY.replicator.dn, ca: DIRECTORY.ca };
}
