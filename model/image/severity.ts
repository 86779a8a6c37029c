/** How bad a vulnerability is, from the least on; `none`: none is bad enough to fail a build. */
export const SEVERITIES = ["none", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];
