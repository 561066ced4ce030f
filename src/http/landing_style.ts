/** The style sheet of all pages. Their content security policy allows it by its hash. */
export const LANDING_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f5; --card: #fff; --line: #e2e5e0; --text: #1c2320; --quiet: #5c6862;
  --red: #b3262e; --green: #1f7a4d; --amber: #8a5a00;
  --red-wash: #fbebea; --green-wash: #e4f3ea; --amber-wash: #fdf1d8; --track: #e8ebe7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121614; --card: #1a201d; --line: #2b332f; --text: #e8ece9; --quiet: #98a59e;
    --red: #ff8a85; --green: #6fd39d; --amber: #f0bf62;
    --red-wash: #3a1d1e; --green-wash: #173325; --amber-wash: #372b12; --track: #2b332f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem 3rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}
a { color: inherit; text-decoration-color: var(--red); text-underline-offset: .2em; }
a:hover { color: var(--red); }
a:focus-visible { outline: 2px solid var(--red); outline-offset: 3px; border-radius: 3px; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1rem; margin-bottom: 1.5rem; }
header div { flex: 1 1 12rem; min-width: 0; }
header svg { width: 2.75rem; height: 2.75rem; flex: none; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.15; letter-spacing: -.02em; }
h1 + p { margin: .1rem 0 0; color: var(--quiet); }
nav { display: flex; flex-wrap: wrap; gap: .5rem; margin-left: auto; }
nav a { padding: .4rem .9rem; border: 1px solid var(--line); border-radius: 99px; background: var(--card); text-decoration: none; font-weight: 500; }
nav a:first-child { background: #b3262e; border-color: #b3262e; color: #fff; }
nav a:hover { border-color: var(--red); }
nav a:first-child:hover { background: #97202a; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1rem; margin: 0 0 1.5rem; }
.tiles div { display: flex; flex-direction: column; padding: 1rem 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.tiles dt { color: var(--quiet); font-size: .85rem; }
.tiles dd { margin: 0; font-size: 1.6rem; font-weight: 600; letter-spacing: -.02em; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tiles dd + dd { font-size: .85rem; font-weight: 400; letter-spacing: 0; color: var(--quiet); }
.tiles dd.bad { color: var(--red); }
table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: .8rem 1.1rem; text-align: left; vertical-align: top; }
thead th { padding-block: .6rem; color: var(--quiet); font-size: .8rem; font-weight: 500; border-bottom: 1px solid var(--line); }
tbody + tbody tr:first-child > * { border-top: 1px solid var(--line); }
tbody th { width: 31%; font-weight: 400; }
tbody th a { text-decoration: none; }
tbody th a:hover { text-decoration: underline; }
tbody th strong { font-size: 1.02rem; }
.quiet { display: block; color: var(--quiet); font-size: .87rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.state { display: inline-flex; align-items: center; gap: .4rem; padding: .1rem .65rem .1rem .5rem; border-radius: 99px; font-size: .87rem; font-weight: 500; white-space: nowrap; }
.state::before { content: ""; width: .5rem; height: .5rem; border-radius: 50%; background: currentcolor; }
.up { background: var(--green-wash); color: var(--green); }
.down { background: var(--red-wash); color: var(--red); }
.unsupported, .suspended { background: var(--track); color: var(--quiet); }
.warning { display: block; width: fit-content; margin-top: .25rem; padding: 0 .5rem; border-radius: 6px; background: var(--amber-wash); color: var(--amber); font-size: .82rem; white-space: normal; overflow-wrap: break-word; }
.maps { width: 36%; min-width: 13rem; }
.maps > div { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .5rem 1.5rem; }
.map { display: grid; align-content: start; grid-template-columns: 1fr auto; gap: 0 .75rem; font-size: .87rem; }
.map .number { color: var(--quiet); }
.map svg { grid-column: 1 / -1; width: 100%; height: 5px; border-radius: 3px; display: block; }
.map .warning { grid-column: 1 / -1; justify-self: start; }
.track { fill: var(--track); }
.fill { fill: var(--green); }
.fill.high { fill: var(--amber); }
.fill.full { fill: var(--red); }
footer { margin-top: 1.25rem; color: var(--quiet); font-size: .87rem; }
@media (max-width: 760px) {
  body { padding: 1.25rem 1rem 2rem; }
  nav { margin-left: 0; width: 100%; gap: .4rem; }
  nav a { padding: .4rem .7rem; }
  .tiles { grid-template-columns: 1fr 1fr; gap: .6rem; }
  .tiles div { padding: .7rem .9rem; }
  .tiles dd { font-size: 1.35rem; }
  table, tbody, tr, th, td { display: block; width: 100%; }
  thead { display: none; }
  table { background: none; border: 0; border-radius: 0; }
  tbody { position: relative; padding: .9rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
  tbody + tbody { margin-top: .6rem; }
  tbody + tbody tr:first-child > * { border-top: 0; }
  tbody tr:first-child { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem 1rem; }
  tbody th, tbody td { width: auto; padding: 0; min-width: 0; }
  tbody th, td.maps { grid-column: 1 / -1; width: auto; min-width: 0; }
  th strong { display: block; padding-right: 6rem; }
  td.number { text-align: left; white-space: normal; }
  .state-cell { position: absolute; top: .9rem; right: .9rem; }
  td.none, td.maps:not(:has(*)) { display: none; }
  td[data-label]::before { content: attr(data-label); display: block; color: var(--quiet); font-size: .8rem; }
}
`;

/** The logo: a hat with a pompom, in a 48 × 48 square. */
export const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" aria-hidden="true">
<path d="M7 36C9 17 19 6 31 6c5 0 9 4 10 12l-4 3c-2-4-5-5-7-4 5 5 9 11 10 19z" fill="#c22f37"/>
<path d="M30 17c5 5 9 11 10 19h-9c0-8-2-14-5-18z" fill="#97202a"/>
<circle cx="40" cy="21" r="5.5" fill="#fff" stroke="#cfd6d1"/>
<rect x="3.5" y="33.5" width="41" height="10" rx="5" fill="#fff" stroke="#cfd6d1"/>
</svg>`;
