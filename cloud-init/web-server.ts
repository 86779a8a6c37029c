/** The user data of a web server. */
import { file, renderRole, type NodeValues } from "./render";

/** The address that two web servers share by keepalived. */
export interface SharedAddress {
  readonly address: string;
  /** This server's own, and the other's. */
  readonly ownAddress: string;
  readonly peerAddress: string;
  /** 1 to 254; who has the higher one takes it when both come at once. */
  readonly priority: number;
}

export interface WebServerValues extends NodeValues {
  /** @default - none: it is the only one, or behind a load balancer */
  readonly shared?: SharedAddress;
  /** Where a load balancer's connections come from: a CIDR. @default - visitors come themselves */
  readonly balancedFrom?: string;
}

/** Where a load balancer hands its connections over, each with the visitor's address before it. */
export const BALANCED_PORT = 8443;

export function webServerUserData({ shared, balancedFrom, ...node }: WebServerValues): string {
  const parts = [{ name: "web-server", values: { site: file("web.conf") } }];
  if (shared) {
    const { address, ownAddress, peerAddress, priority } = shared;
    const values = { sharedAddress: address, ownAddress, peerAddress, priority: String(priority) };
    return renderRole(node, ...parts, { name: "shared-address", values });
  }
  if (balancedFrom !== undefined) {
    const values = { port: String(BALANCED_PORT), from: balancedFrom };
    return renderRole(node, ...parts, { name: "balanced-web", values });
  }
  return renderRole(node, ...parts);
}
