/** Whether a build fits into what the project may still have. Pure. */

export interface Allowance {
  readonly used: number;
  /** -1: no limit. */
  readonly max: number;
}

/** Whether less than a tenth of it is left. */
export function isLow({ used, max }: Allowance): boolean {
  return max > 0 && max - used < max / 10;
}

export interface Demand {
  /** "instances", "GiB of volumes": as a message says it. */
  readonly what: string;
  readonly needs: number;
  readonly allowance: Allowance;
}

/** One line for each demand that does not fit. */
export function shortages(cloud: string, demands: readonly Demand[]): string[] {
  return demands
    .filter(({ needs, allowance }) => allowance.max >= 0 && allowance.used + needs > allowance.max)
    .map(
      ({ what, needs, allowance }) =>
        `${cloud}: quota: a build needs ${needs} more ${what}, ${allowance.used} of ${allowance.max} are used; ` +
        "remove something, or ask for more",
    );
}
