/** Where nodes live: each project's provider, network and key pair. */
import { ComputeKeypairV2 } from "@cdktf/provider-openstack/lib/compute-keypair-v2";
import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { Construct } from "constructs";
import { Network, type INetwork } from "../constructs/network";
import type { NodePlace } from "../constructs/node-host";
import { RoutedServices } from "../constructs/routed-services";
import { SharedServices } from "../constructs/shared-services";
import { names } from "../model/naming";
import type { StackContext } from "./context";

export interface PlacesProps {
  readonly context: StackContext;
  /** The factory's network, in project build: its own, or one that was there. */
  readonly network: Network | INetwork;
}

/**
 * Projects that are the same clouds.yaml entry share provider, network and key pair. Project production has none of
 * them: what runs in its name is a node of project build.
 */
export class Places extends Construct {
  readonly build: NodePlace;
  readonly services: NodePlace;
  /** IPv4 range of the services' nodes. */
  readonly servicesCidr: string;

  constructor(scope: Construct, { context, network }: PlacesProps) {
    super(scope, "places");
    const { config, deployerPublicKey } = context;
    const { factory, projects, network: net } = config;
    const keyPair = (name: string, provider?: OpenstackProvider): string =>
      new ComputeKeypairV2(this, name, {
        name: provider ? `${names.keyPair(factory)}-${name}` : names.keyPair(factory),
        publicKey: deployerPublicKey,
        ...(provider && { provider }),
      }).name;
    this.build = { network, keyPair: keyPair("build") };

    if (projects.services.cloud === projects.build.cloud) {
      this.services = this.build;
      this.servicesCidr = net.cidr;
    } else {
      const { cloud } = projects.services;
      const provider = new OpenstackProvider(this, "services-provider", { alias: "services", cloud });
      const name = names.servicesNetwork(factory);
      const { cidr = "", connection } = net.services;
      const joined =
        connection === "shared"
          ? new SharedServices(this, "services-network", { name, network, provider })
          : new RoutedServices(this, "services-network", {
              name,
              cidr,
              external: net.external,
              ...(net.dns && { nameServers: net.dns }),
              provider,
              peer: { routerId: routerOf(network), cidr: net.cidr },
            });
      this.services = { network: joined, keyPair: keyPair("services", provider), provider };
      this.servicesCidr = connection === "shared" ? net.cidr : cidr;
    }
  }
}

function routerOf(network: Network | INetwork): string {
  if (network instanceof Network) return network.routerId;
  throw new Error("network.existing: its router is not known, so project services can't be routed to it; share it");
}
