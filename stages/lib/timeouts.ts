/** How long each stage may take when the plan does not say, seconds. Waiting for a signer is in them. */
import type { StageName } from "../../model/stages";

const MINUTE = 60;

export const DEFAULT_TIMEOUTS: Readonly<Record<StageName, number>> = {
  initialise: 5 * MINUTE,
  "spawn-build-host": 15 * MINUTE,
  "add-agent": 10 * MINUTE,
  checkout: 5 * MINUTE,
  "configure-host": 15 * MINUTE,
  prepare: 5 * MINUTE,
  "build-image": 60 * MINUTE,
  register: 30 * MINUTE,
  test: 45 * MINUTE,
  sign: 45 * MINUTE,
  hashdeep: 20 * MINUTE,
  distribute: 60 * MINUTE,
  "request-publication": 60 * MINUTE,
  "clean-up": 15 * MINUTE,
  "destroy-build-host": 15 * MINUTE,
};
