/** `factory state migrate`: the states go from where this home knows them to where factory.yaml says. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isSamePlace, recordedPlace, recordPlace } from "../../config/state-place";
import { names } from "../../model/naming";
import type { Deployment } from "../deployment";
import { UserError } from "../user-error";
import { prepareStates } from "./prepare";
import { terraformStates } from "./store";
import { liveResources, type TerraformState } from "./terraform-state";

/**
 * What is to be done with one stack's state. Pure.
 * - `nothing`: there is none to move
 * - `move`: it is only there, or newer there
 * - `finish`: it has been moved before, what is left of it is to go
 * - `conflict`: both places have one, and they are not the same stack's
 */
export function decideMove(
  from: TerraformState | undefined,
  to: TerraformState | undefined,
): "nothing" | "move" | "finish" | "conflict" {
  if (!from || liveResources(from).length === 0) return "nothing";
  if (!to || liveResources(to).length === 0) return "move";
  if (from.lineage !== to.lineage) return "conflict";
  return from.serial > to.serial ? "move" : "finish";
}

/** What is left where a state was: nothing exists, and whoever still looks there is a version behind. Pure. */
export function emptied(state: TerraformState): TerraformState {
  return { ...state, serial: state.serial + 1, resources: [], outputs: {}, check_results: null } as TerraformState;
}

/** A state as it is written at its new place: as a newer version of what may have been there. Pure. */
export function arriving(state: TerraformState, there: TerraformState | undefined): TerraformState {
  return { ...state, serial: Math.max(state.serial, (there?.serial ?? -1) + 1) };
}

/** Moves the states of the factory and of all builds; safe to run again. Throws a UserError before anything is lost. */
export async function migrateStates(deployment: Deployment, say: (line: string) => void): Promise<void> {
  const { config, home, images } = deployment;
  const recorded = recordedPlace(home.directory);
  if (recorded === undefined || isSamePlace(recorded, config.state)) {
    say(`states: ${config.state}, nothing is to be moved`);
    return;
  }
  say(await prepareStates(deployment));
  const [from, to] = [terraformStates(deployment, recorded), terraformStates(deployment, config.state)];
  const kept = path.join(home.state, `moved-${new Date().toISOString().replace(/[-:]|\.\d+Z/g, "")}`);
  for (const stack of ["factory", ...images.map((image) => names.buildStack(image.name))]) {
    const [old, there] = [await from.read(stack), await to.read(stack)];
    const decision = decideMove(old, there);
    if (decision === "nothing" || !old) continue;
    if (decision === "conflict") {
      throw new UserError(
        `stack ${stack}: ${recorded} and ${config.state} both have a state of it; destroy the one that is not wanted where it was deployed from`,
      );
    }
    mkdirSync(kept, { recursive: true, mode: 0o700 });
    writeFileSync(path.join(kept, `${stack}.tfstate`), JSON.stringify(old, null, 2), { mode: 0o600 });
    if (decision === "move") await to.push(stack, arriving(old, there), there !== undefined);
    await from.push(stack, emptied(old), false);
    say(`${stack}: ${decision === "move" ? "moved" : "had been moved, its old place is empty now"}`);
  }
  recordPlace(home.directory, config.state);
  forgetBackends(deployment.root);
  say(`states: ${config.state}${existsSync(kept) ? ` (as they were: ${kept})` : ""}`);
}

/** Output folders of cdktf remember the backend that they were last used with. */
function forgetBackends(root: string): void {
  const outputs = path.join(root, "cdktf.out");
  const shells = existsSync(outputs) ? readdirSync(outputs).map((name) => path.join(outputs, name)) : [];
  const own = process.env["CDKTF_OUTPUT"];
  for (const output of [outputs, ...shells, ...(own === undefined ? [] : [path.resolve(root, own)])]) {
    const stacks = path.join(output, "stacks");
    if (!existsSync(stacks)) continue;
    for (const stack of readdirSync(stacks))
      rmSync(path.join(stacks, stack, ".terraform", "terraform.tfstate"), { force: true });
  }
}
