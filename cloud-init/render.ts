/** A node's user data from the parts of its role: typed values in, text out. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fillRole, mergeRoles, renderUserData, type CloudConfig } from "./cloud-config";
import { joinedPart, type JoinedValues } from "./joined";
import { file, type RolePart } from "./part";

export { file, type RolePart };

/** What every node is told. */
export interface NodeValues {
  /** http://…/debian */
  readonly debianMirror: string;
  /** http://…/debian-security */
  readonly debianSecurityMirror: string;
  /** Time servers; none: the image's own. */
  readonly ntpServers?: readonly string[];
  /** Percent of each file system that has to be free. */
  readonly freePercent: number;
  /** Where people's accounts come from. @default - the image's login user is the only one */
  readonly joined?: JoinedValues;
}

/** The parts in this order, after what every node gets: their commands run in the same order. */
export function renderRole(node: NodeValues, ...parts: readonly RolePart[]): string {
  const { debianMirror, debianSecurityMirror, ntpServers = [], freePercent, joined } = node;
  const common = fill({
    name: "node",
    values: {
      debianMirror,
      debianSecurityMirror,
      freePercent: String(freePercent),
      install: file("factory-install"),
      health: file("factory-health"),
      healthFunctions: file("health.sh"),
    },
  });
  const ntp: CloudConfig = ntpServers.length === 0 ? {} : { ntp: { enabled: true, servers: ntpServers } };
  const hardening = fill({ name: "hardening", values: {} });
  const all = joined === undefined ? parts : [joinedPart(joined), ...parts];
  return renderUserData(mergeRoles(common, ntp, hardening, ...all.map(fill)));
}

function fill({ name, values }: RolePart): CloudConfig {
  return fillRole(name, readFileSync(join(__dirname, "roles", `${name}.yaml`), "utf8"), values);
}
