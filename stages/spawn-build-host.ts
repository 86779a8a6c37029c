/** Stage 2: Terraform has made the build host; this tells what came of it. On the deploying side. */
import type { StageResult } from "./lib/stage";

export interface BuildHostFacts {
  readonly name: string;
  readonly serverId: string;
  readonly status: string;
  /** In the factory's network. */
  readonly address: string;
  readonly zone: string;
}

/** Throws when the server is not running: Terraform saw it ACTIVE, so somebody else did something to it. */
export function spawnBuildHost(host: BuildHostFacts): StageResult {
  const { name, serverId, status, address, zone } = host;
  if (status !== "ACTIVE") {
    throw new Error(
      `build host ${name}: is ${status}, not ACTIVE; start it (openstack server start ${serverId}) and deploy again`,
    );
  }
  return { message: `${name} at ${address} (zone ${zone})`, data: { server: serverId, address } };
}
