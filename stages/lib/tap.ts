/** The Test Anything Protocol, as the checks inside an instance print it. Pure. */

export interface TestResult {
  readonly name: string;
  readonly ok: boolean;
  /** Why it was not looked at; `ok` means nothing then. */
  readonly skipped?: string;
  /** Seconds, when told (`# time=1.5s`). */
  readonly seconds?: number;
  /** What the check said (its `#` lines). */
  readonly detail: string;
}

export interface TapReport {
  readonly results: readonly TestResult[];
  /** Why the report as a whole can't be trusted: no plan, another number of results than planned, "Bail out!". */
  readonly problem?: string;
}

const RESULT = /^(not )?ok\b\s*\d*\s*-?\s*([^#]*?)\s*(?:#\s*(.*))?$/;

/** Reads a report. Lines of `#` belong to the result before them. */
export function parseTap(text: string): TapReport {
  const results: { name: string; ok: boolean; skipped?: string; seconds?: number; detail: string }[] = [];
  let planned: number | undefined;
  let bail: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const plan = /^1\.\.(\d+)/.exec(line);
    const result = RESULT.exec(line);
    const last = results.at(-1);
    if (plan) planned = Number(plan[1]);
    else if (/^Bail out!/.test(line)) bail = line;
    else if (result) results.push(resultOf(result));
    else if (line.startsWith("#") && last) last.detail += `${line.replace(/^# ?/, "")}\n`;
  }
  const problem = bail ?? countProblem(planned, results.length);
  return { results, ...(problem !== undefined && { problem }) };
}

function resultOf([, not, name = "", directive = ""]: RegExpExecArray): TestResult {
  const time = /\btime=([\d.]+)s/.exec(directive);
  const skip = /^SKIP\b:?\s*(.*?)\s*(?:\btime=[\d.]+s)?$/i.exec(directive);
  return {
    name: name === "" ? "(no name)" : name,
    ok: not === undefined || /^TODO\b/i.test(directive),
    ...(skip && { skipped: skip[1] === undefined || skip[1] === "" ? "no reason given" : skip[1] }),
    ...(time && { seconds: Number(time[1]) }),
    detail: "",
  };
}

function countProblem(planned: number | undefined, got: number): string | undefined {
  if (planned === undefined) return `the tests ended early: ${got} results, and no plan`;
  return planned === got ? undefined : `${planned} tests were planned, ${got} reported`;
}

/** A report in the protocol, as {@link parseTap} and every other reader takes it. */
export function tapText(results: readonly TestResult[]): string {
  const lines = results.flatMap(({ name, ok, skipped, seconds, detail }, index) => {
    const skip = skipped === undefined ? "" : `SKIP ${skipped.replace(/\s+/g, " ")} `;
    const head = `${ok || skipped !== undefined ? "ok" : "not ok"} ${index + 1} - ${name.replace(/#/g, "")}`;
    const said = detail.split("\n").filter((line) => line !== "");
    return [`${head} # ${skip}time=${(seconds ?? 0).toFixed(3)}s`, ...said.map((line) => `# ${line}`)];
  });
  return ["TAP version 13", ...lines, `1..${results.length}`, ""].join("\n");
}
