/** The test report for people: one file, nothing loaded, no script, legible in print and to a screen reader. Pure. */
import { escapeMarkup as escape } from "../../model/markup";
import { casesOf, countsOf, failed, type CheckResult, type Counts, type Section, type TestReport } from "./test-report";

/** Contrast of all text is at least 4.5 to 1 in both schemes; a state is a word, its colour only repeats it. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --line: #767676; --good: #14602a; --bad: #a4111e; --idle: #555; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eee; --paper: #161616; --line: #8a8a8a; --good: #7fd99a; --bad: #ff9aa2; --idle: #b8b8b8; }
}
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; padding: .3rem 0 }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top }
td.time { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.passed { color: var(--good) } .failed { color: var(--bad); font-weight: bold } .skipped { color: var(--idle) }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; font-size: .85rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem } dd { margin: 0 }
summary { cursor: pointer }
`;

/** The whole page. */
export function reportHtml(report: TestReport): string {
  const { image, build, failure, sections } = report;
  const all = sections.flatMap((section) => casesOf(section));
  const verdict = failure === undefined ? "passed" : "failed";
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(`${build}: tests ${verdict}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Tests of ${escape(image)}: <span class="${verdict}">${verdict}</span></h1>
${failure === undefined ? "" : `<p class="failed">${escape(`${failure.failureClass}: ${failure.message}`)}</p>\n`}${facts(report, countsOf(all))}
${failures(all)}${sections.map((section) => sectionHtml(section)).join("\n")}
</main>
</body>
</html>
`;
}

function facts({ build, imageId, started, finished, files }: TestReport, counts: Counts): string {
  const rows: readonly (readonly [string, string])[] = [
    ["Build", escape(build)],
    ["Image in Glance", escape(imageId)],
    ["Started", `<time>${escape(started)}</time>`],
    ["Finished", `<time>${escape(finished)}</time>`],
    ["Checks", `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`],
    ["More", files.map((file) => `<a href="${escape(file)}">${escape(file)}</a>`).join(", ")],
  ];
  return `<dl>\n${rows.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join("\n")}\n</dl>`;
}

/** What failed comes first, in full. */
function failures(all: readonly CheckResult[]): string {
  const wrong = all.filter(failed);
  if (wrong.length === 0) return "";
  const items = wrong.map(({ name, detail }) => `<li>${escape(name)}<pre>${escape(detail.trim())}</pre></li>`);
  return `<h2>What failed</h2>\n<ul>\n${items.join("\n")}\n</ul>\n`;
}

function sectionHtml(section: Section): string {
  const cases = casesOf(section);
  const { passed, failed: bad, skipped } = countsOf(cases);
  return `<h2 id="${section.place}">${escape(section.title)}</h2>
<table>
<caption>${passed} passed, ${bad} failed, ${skipped} skipped</caption>
<thead><tr><th scope="col">Result</th><th scope="col">Check</th><th scope="col">Seconds</th></tr></thead>
<tbody>
${cases.map((each) => row(each)).join("\n")}
</tbody>
</table>`;
}

function row(result: CheckResult): string {
  const { name, skipped, seconds } = result;
  const state = skipped !== undefined ? "skipped" : failed(result) ? "failed" : "passed";
  const detail = skipped ?? result.detail.trim();
  const more = detail === "" ? "" : skipped === undefined ? details(detail) : `<br><span>${escape(detail)}</span>`;
  const time = seconds === undefined ? "" : seconds.toFixed(1);
  return `<tr><td class="${state}">${state}</td><th scope="row">${escape(name)}${more}</th><td class="time">${time}</td></tr>`;
}

const details = (text: string): string =>
  `<details><summary>what it said</summary><pre>${escape(text)}</pre></details>`;
