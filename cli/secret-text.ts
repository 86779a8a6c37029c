/** Secrets and certificates as lines for people. Never a secret's value. Pure. */
import type { Certificates } from "../deployer/certificates";
import type { SecretStatus } from "../deployer/secrets/kept";
import { table } from "../deployer/table";
import { NODE_ROLES } from "../model/naming";

export function secretLines(secrets: readonly SecretStatus[]): string[] {
  return table(
    ["SECRET", "SOURCE", "STATE", "USED BY"],
    secrets.map((secret) => [secret.name, secret.source ?? "not set", stateOf(secret), usersOf(secret)]),
  );
}

function stateOf({ source, made, rotating }: SecretStatus): string {
  if (rotating) return "rotation not ended: rotate again";
  if (source !== "generate") return "";
  return made === undefined ? "not made yet" : `made ${made.slice(0, 10)}`;
}

function usersOf({ usedBy }: SecretStatus): string {
  return usedBy.length === NODE_ROLES.length ? "all nodes" : usedBy.join(", ");
}

export function certificateLines({ authorities, nodes }: Omit<Certificates, "problems">): string[] {
  return table(
    ["NODE", "CERTIFICATE", "SUBJECT", "FOR", "DAYS LEFT"],
    [
      ...authorities.map((one) => ["", one.name, one.subject, "certificates of nodes", left(one.daysLeft)]),
      ...nodes.map((one) => [one.node, one.name, one.subject, one.names.join(", "), left(one.daysLeft)]),
    ],
  );
}

const left = (days: number): string => (days < 0 ? "expired" : String(days));
