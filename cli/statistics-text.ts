/** `factory build statistics` for people. Pure. */
import type { BuildRow, ImageStatistics } from "../model/build-statistics";
import { stageInfo } from "../model/stages";

export function statisticsLines({ image, builds, successRate, medianSeconds }: ImageStatistics): string[] {
  if (builds.length === 0) return [`${image}: the share keeps no build of it`];
  const rate = successRate === null ? "" : `, ${Math.round(successRate * 100)} % of those that were tried succeeded`;
  const times = Object.entries(medianSeconds)
    .sort(([a], [b]) => stageInfo(a).number - stageInfo(b).number)
    .map(([name, seconds]) => `  ${name.padEnd(20)} ${seconds.toFixed(1).padStart(8)} s`);
  return [
    `${image}: ${builds.length} builds${rate}`,
    ...builds.map(rowLine),
    ...(times.length === 0 ? [] : ["median of the stages' times:", ...times]),
  ];
}

function rowLine(row: BuildRow): string {
  const facts = [
    ["MB", row.megabytes],
    ["packages", row.packages],
    ["lynis", row.lynis],
    ["known holes", row.cves],
  ] as const;
  const shown = facts.flatMap(([what, value]) => (value === undefined ? [] : `${value} ${what}`));
  const where = row.failedStage === undefined ? "" : ` at ${row.failedStage}`;
  return `  ${row.build}  ${row.result}${where}  ${Math.round(row.seconds)} s  ${shown.join(", ")}`.trimEnd();
}
