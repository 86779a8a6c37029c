/** How a build's state and a list of builds read, in 80 columns. Pure. */
import type { BuildSummary } from "../deployer/builds";
import { table } from "../deployer/table";

/** A build's state in few words: `running`, `cancelled`, `ended, failed`. */
export function stateText({ state, good, unchanged, cancelledBy, stages }: BuildSummary): string {
  if (state !== "ended") return state;
  if (good) return `ended, ${unchanged ? "no change" : "succeeded"}`;
  if (cancelledBy !== undefined) return "cancelled";
  return stages.some((stage) => stage.state === "failed") ? "ended, failed" : "ended early";
}

/** The newest builds; when one began is part of its id. */
export function buildLines(builds: readonly BuildSummary[]): string[] {
  if (builds.length === 0) return ["there are no such builds on the share"];
  return table(
    ["BUILD (IMAGE, UTC)", "STATE", "TOOK"],
    builds.map((one) => [
      one.build,
      one.good || one.stage === "" ? stateText(one) : `${stateText(one)}: ${one.stage}`,
      took(one.seconds),
    ]),
  );
}

/** `9m05s`, `1h02m` */
function took(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const two = (count: number): string => String(count).padStart(2, "0");
  if (hours > 0) return `${hours}h${two(minutes)}m`;
  return minutes > 0 ? `${minutes}m${two(whole % 60)}s` : `${whole}s`;
}
