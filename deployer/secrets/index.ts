/** The factory's secrets and its CA, as the deploying side reaches them. */
import type { Deployment } from "../deployment";
import type { Authority, Secrets } from "../roles/role";

export interface OpenSecrets extends Secrets {
  /** The CA, made at the first deploy where the user brings none. */
  authority(): Promise<Authority>;
}

export function openSecrets(deployment: Deployment): OpenSecrets {
  throw new Error(`secrets of ${deployment.config.factory}: not there yet`);
}
