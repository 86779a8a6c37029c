/** How long each stage on the build host may take when the configuration does not say. */
import type { STAGES } from "./stages";

export type HostStageName = Extract<(typeof STAGES)[number], { readonly where: "host" }>["name"];

/** Minutes; waiting for a signer is in them. */
export const DEFAULT_STAGE_MINUTES: Readonly<Record<HostStageName, number>> = {
  checkout: 5,
  "configure-host": 15,
  prepare: 5,
  "build-image": 60,
  register: 30,
  test: 45,
  sign: 45,
  hashdeep: 20,
  distribute: 60,
  "request-publication": 60,
  "clean-up": 15,
};

/** Stage → seconds. */
export function stageSeconds(
  minutes: Readonly<Record<HostStageName, number>> = DEFAULT_STAGE_MINUTES,
): Readonly<Record<HostStageName, number>> {
  return Object.fromEntries(Object.entries(minutes).map(([stage, count]) => [stage, count * 60])) as Record<
    HostStageName,
    number
  >;
}
