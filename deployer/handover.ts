/** What a build host is given before its runner starts, and the start itself. Everything goes by standard input. */
import { HOST_PATHS, type BuildPlan, type Credentials } from "../model/plan";
import { parseUnitState } from "../stages/lib/follow";
import type { Recipes } from "./recipes";
import type { RunnerBundle } from "./runner-bundle";
import { quote } from "./shell";
import type { SshHost } from "./ssh";

export interface Handover {
  readonly plan: BuildPlan;
  readonly runner: RunnerBundle;
  /** None where the host clones the recipes itself. */
  readonly recipes: Pick<Recipes, "bundle"> | undefined;
  readonly credentials: Credentials;
}

/** Whether the build's unit runs or is about to. */
export async function unitIsActive(host: SshHost): Promise<boolean> {
  const properties = ["ActiveState", "Result", "ExecMainStatus", "InvocationID", "Job"].map((name) => `-p ${name}`);
  return parseUnitState(await host.must(`systemctl show ${HOST_PATHS.unit} ${properties.join(" ")}`)).active;
}

/** Puts everything into place, the credentials last. `user` is who forwards the signing agent's socket. */
export async function handOver(
  host: SshHost,
  user: string,
  { plan, runner, recipes, credentials }: Handover,
): Promise<void> {
  const directory = (path: string): string => quote(path.slice(0, path.lastIndexOf("/")));
  const sign = directory(HOST_PATHS.agentSocket);
  // The login user has to get through to the socket's directory; it can neither list nor read what is beside it.
  await host.asRoot(
    `set -eu; install -d -m 0755 ${directory(HOST_PATHS.runner)} ${directory(HOST_PATHS.plan)}
     rm -f ${quote(HOST_PATHS.stopNote)}
     install -d -m 0711 ${quote(HOST_PATHS.secrets)}; install -d -m 0700 -o ${quote(user)} ${sign}
     test "$(stat -f -c %T ${quote(HOST_PATHS.secrets)})" = tmpfs || { echo "${HOST_PATHS.secrets} is not in memory (tmpfs)" >&2; exit 1; }`,
  );
  await host.putFile(HOST_PATHS.runner, runner.code, "0644");
  await host.putFile(HOST_PATHS.plan, `${JSON.stringify(plan, null, 2)}\n`, "0644");
  if (recipes) await host.putFile(HOST_PATHS.recipes, recipes.bundle, "0644");
  await host.putFile(HOST_PATHS.credentials, `${JSON.stringify(credentials)}\n`, "0600");
}

/** Starts the unit; a failure of an earlier run is forgotten. */
export async function startUnit(host: SshHost): Promise<void> {
  const unit = quote(HOST_PATHS.unit);
  await host.asRoot(`systemctl reset-failed ${unit} 2>/dev/null || true; systemctl start --no-block ${unit}`);
}
