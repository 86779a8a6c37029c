/**
 * The one style sheet, and the picture in the browser's tab. Contrast of text is at least 4.5 to 1 in both schemes; a
 * state is a word, its colour only repeats it.
 */
export const STYLE = `:root {
  color-scheme: light dark;
  --paper: #fcfcfb; --raised: #fff; --ink: #1b1f23; --quiet: #59616a; --line: #dfe2e6; --code: #f2f4f6;
  --accent: #0a58a8; --good: #12653c; --good-soft: #e3f4ea; --warn: #7f4c00; --warn-soft: #fdf0d9;
  --bad: #a81823; --bad-soft: #fde9ea; --idle: #59616a; --idle-soft: #eef0f2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131619; --raised: #1a1e22; --ink: #e7eaed; --quiet: #a3acb5; --line: #30363d; --code: #20252a;
    --accent: #85bdf9; --good: #7bd8a3; --good-soft: #14301f; --warn: #f2bd6b; --warn-soft: #35270f;
    --bad: #ffa3a7; --bad-soft: #3d1a1d; --idle: #a3acb5; --idle-soft: #262b31;
  }
}
* { box-sizing: border-box }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100% }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: break-word }
a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: .06em }
a:hover { text-decoration-thickness: .12em }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px }
main, header.site > div, footer.site > div { max-width: 66rem; margin: 0 auto; padding: 0 1.25rem }
main { padding-top: 2rem; padding-bottom: 3rem }
.skip { position: absolute; left: -99rem } .skip:focus { left: 1rem; top: .5rem; background: var(--raised); padding: .4rem .8rem; z-index: 1 }
header.site { border-bottom: 1px solid var(--line); background: var(--raised) }
header.site > div { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .25rem 1.5rem; min-height: 3.5rem }
.home { color: var(--ink); font-weight: 650; text-decoration: none; display: flex; align-items: center; gap: .6rem; padding: .4rem 0 }
.mark { width: 1.35rem; height: 1.35rem; border-radius: .35rem; background: linear-gradient(135deg, var(--accent) 0 50%, transparent 50%), color-mix(in srgb, var(--accent) 45%, transparent) }
header.site ul { display: flex; gap: 1.25rem; list-style: none; margin: 0; padding: 0 }
header.site nav a { color: var(--quiet); text-decoration: none; display: block; padding: .5rem 0 }
header.site nav a:hover, header.site nav a[aria-current] { color: var(--ink) }
header.site nav a[aria-current] { box-shadow: inset 0 -2px var(--accent) }
footer.site { border-top: 1px solid var(--line); color: var(--quiet); font-size: .9rem; padding: 1rem 0 2rem }
h1 { font-size: clamp(1.7rem, 1.3rem + 1.8vw, 2.3rem); line-height: 1.15; letter-spacing: -.02em; font-weight: 680; margin: 0 0 .5rem; text-wrap: balance }
h2 { font-size: 1.3rem; line-height: 1.25; letter-spacing: -.01em; font-weight: 650; margin: 2.75rem 0 .75rem }
h3 { font-size: 1rem; font-weight: 650; margin: 1.5rem 0 .35rem }
p { margin: 0 0 .75rem; max-width: 70ch }
.lead { color: var(--quiet); font-size: 1.1rem; margin-bottom: 1.5rem }
.quiet, small { color: var(--quiet) } small { font-size: .85em }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-size: .88em }
code.hash { overflow-wrap: anywhere }
b.good, b.warn, b.bad, b.idle { font-weight: 600; font-size: .85em; padding: .1em .55em; border-radius: 1em; white-space: nowrap }
b.good { color: var(--good); background: var(--good-soft) } b.warn { color: var(--warn); background: var(--warn-soft) }
b.bad { color: var(--bad); background: var(--bad-soft) } b.idle { color: var(--idle); background: var(--idle-soft) }
.crumbs ol { display: flex; flex-wrap: wrap; list-style: none; margin: 0 0 .75rem; padding: 0; font-size: .9rem }
.crumbs li::after { content: "/"; color: var(--quiet); margin: 0 .5rem }
.chips { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; margin: 0; padding: 0 }
.chips a { display: block; border: 1px solid var(--line); border-radius: 2rem; padding: .2rem .8rem; background: var(--raised); color: var(--ink); text-decoration: none; font-size: .9rem }
.chips a:hover { border-color: var(--accent); color: var(--accent) }
.tools { display: grid; gap: .75rem; margin: 0 0 1rem }
.search { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end }
.search[hidden] { display: none }
.search label { display: grid; gap: .2rem; font-size: .9rem; color: var(--quiet) } .search label:first-child { flex: 1 1 16rem }
input, select { font: inherit; color: var(--ink); background: var(--raised); border: 1px solid var(--quiet); border-radius: .5rem; padding: .5rem .75rem; width: 100%; min-height: 2.75rem }
::placeholder { color: var(--quiet); opacity: 1 }
.found { margin: 0 } .found:empty { display: none }
.tools nav { display: flex; flex-wrap: wrap; align-items: baseline; gap: .4rem .75rem; font-size: .9rem }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1.25rem; margin: 0 0 1.75rem }
.button { display: inline-block; color: var(--paper); background: var(--accent); font-weight: 600; text-decoration: none; border-radius: .55rem; padding: .6rem 1.1rem } .button:hover { filter: brightness(1.12) } .button small { color: inherit; font-weight: 400 }
table { border-collapse: collapse; width: 100%; font-size: .95rem }
caption { text-align: left; font-size: .9rem; padding: 0 0 .4rem }
th, td { text-align: left; vertical-align: top; padding: .6rem .75rem .6rem 0; border-bottom: 1px solid var(--line) }
thead th { font-size: .82rem; font-weight: 500; color: var(--quiet); padding-top: 0; padding-bottom: .4rem; white-space: nowrap }
tbody th { font-weight: 500 } td { font-variant-numeric: tabular-nums }
tr:target { background: var(--warn-soft) }
.scroll { overflow-x: auto } .ids code { white-space: nowrap }
.images th p { color: var(--quiet); font-weight: 400; font-size: .88rem; margin: 0 }
.images tbody a { font-weight: 600; text-decoration: none } .images tbody a:hover { text-decoration: underline }
.images td:nth-child(3), .images time { white-space: nowrap }
.images { table-layout: fixed } .images th:first-child { width: 44% } .images th:nth-child(3) { width: 11% } .images th:nth-child(4) { width: 18% }
.asof { margin-top: 2rem; font-size: .9rem }
.history time, .history td:nth-child(4), .history th:first-child { white-space: nowrap }
.group > h2 { margin-top: 2.25rem }
.packages td:first-child { font-weight: 500 } .packages td:last-child { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .85em }
.packages td, .properties td, .properties th, .changes td, .changes th { padding-top: .35rem; padding-bottom: .35rem; overflow-wrap: anywhere }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1px; margin: 0 0 1.5rem; border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; background: var(--raised) }
.facts > div { padding: .65rem .9rem; box-shadow: 0 0 0 1px var(--line) }
dt { font-size: .82rem; color: var(--quiet) } dd { margin: 0; overflow-wrap: anywhere }
.words { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.25rem } .words dt { font-size: 1rem; font-weight: 600; color: var(--ink) }
.files { columns: 3 15rem; column-gap: 2rem } .files section { break-inside: avoid }
.files h3 { margin: 0; padding-top: .75rem } .files ul { list-style: none; margin: 0; padding: 0 } .files li { padding: .15rem 0; overflow-wrap: anywhere } .files small { white-space: nowrap }
.hashes { margin: 1.25rem 0 0; display: grid; gap: .5rem }
pre.copy { background: var(--code); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem; margin: 0 0 1rem; overflow-x: auto; line-height: 1.5; tab-size: 2 }
.copybox { position: relative }
.copybox button { position: absolute; top: .5rem; right: .5rem; font: inherit; font-size: .82rem; color: var(--ink); background: var(--raised); border: 1px solid var(--line); border-radius: .4rem; padding: .3rem .8rem; cursor: pointer }
.copybox button:hover { border-color: var(--accent) }
.note { border-left: 4px solid; border-radius: .25rem .6rem .6rem .25rem; padding: .9rem 1.1rem; margin: 0 0 1.5rem } .note p:last-child { margin: 0 }
.note.bad { border-color: var(--bad); background: var(--bad-soft) } .note.bad b { color: var(--bad) }
details { margin: 0 0 1rem } summary { cursor: pointer; padding: .3rem 0; color: var(--accent) }
[hidden] { display: none !important }
@media (max-width: 44rem) {
  main { padding-top: 1.25rem }
  .images thead, .history thead, .ids thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  .images tr, .history tr, .ids tr { display: grid; grid-template-columns: 1fr 1fr; gap: .1rem .75rem; padding: .75rem 0; border-bottom: 1px solid var(--line) }
  .images th, .images td, .history th, .history td, .ids th, .ids td { border: 0; padding: 0; width: auto } .images th:first-child { grid-column: 1 / -1; width: auto }
  .history th, .history td:last-child, .ids th, .ids td:nth-child(2) { grid-column: 1 / -1 }
  .images td:nth-child(n+2) { font-size: .88rem }
  .images td:nth-child(2)::before { content: "Released "; color: var(--quiet) } .images td:nth-child(4)::before { content: "In "; color: var(--quiet) }
  .images td:nth-child(5)::before { content: "Until "; color: var(--quiet) }
  .images td[colspan] { grid-column: 1 / -1; white-space: normal } .images td[colspan]::before { content: "" }
  .facts { grid-template-columns: 1fr } .facts > div { display: grid; grid-template-columns: 8rem 1fr; gap: .75rem; align-items: baseline; padding: .5rem .9rem }
  .copybox pre { padding-top: 2.9rem } .history th:first-child { white-space: normal } .words { grid-template-columns: 1fr } .words dd { margin-bottom: .5rem }
}
@media print { header.site nav, .tools, .copybox button, .skip { display: none } a { color: inherit } }
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#9dc3ea"/><path d="M4 0h8L0 12V4a4 4 0 0 1 4-4z" fill="#0a58a8"/></svg>
`;
