/** What the landing page has besides the style of all pages: problems, and what the host does now. The end is what uPlot needs. */
export const LIVE_STYLE = `
h2 { margin: 1.75rem 0 .75rem; font-size: 1.15rem; letter-spacing: -.01em; }
main > section:first-child h2, #problem-place h2 { margin-top: 0; }
.problems ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; }
.problems li { padding: .65rem .9rem; border-radius: 8px; border-left: 3px solid var(--amber); background: var(--amber-wash); }
.problems li.down-reason { border-left-color: var(--red); background: var(--red-wash); }
.problems li.unsupported-reason, .problems li.suspended-reason { border-left-color: var(--quiet); background: var(--track); }
.problems a { font-weight: 600; margin-right: .5rem; }
.problems p { margin: .15rem 0 0; white-space: pre-line; }
.problems code { color: var(--quiet); font-size: .82rem; }
.problems .remedy { display: block; font-weight: 500; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1rem; margin-bottom: 1.5rem; }
.card { min-width: 0; padding: .9rem 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.card h3 { margin: 0; color: var(--quiet); font-size: .85rem; font-weight: 400; }
.card .total { margin: 0; font-size: 1.35rem; font-weight: 600; letter-spacing: -.02em; font-variant-numeric: tabular-nums; min-height: 2rem; }
.card .reading { margin: 0; font-size: .87rem; height: 2lh; }
.card ol { list-style: none; margin: .5rem 0 0; padding: 0; min-height: 7.6rem; }
.card li { position: relative; display: flex; justify-content: space-between; gap: 1rem; padding: .14rem .4rem; margin: 0 -.4rem; font-size: .87rem; line-height: 1.35; }
.card li span, .card li a { position: relative; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.card li .rate { flex: none; font-variant-numeric: tabular-nums; }
.card li i { position: absolute; inset: 1px auto 1px 0; border-radius: 4px; background: var(--track); }
.card.stale > :not(h3) { opacity: .45; }
.spark { height: 36px; }
.heat { height: 12.2rem; }
.spark, .heat { color: var(--red); }
#search { font: inherit; width: min(100%, 20rem); padding: .4rem .8rem; margin-bottom: .75rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: inherit; }
#search::placeholder { color: var(--quiet); opacity: 1; }
.probes { margin-top: 1.5rem; }
details > summary { cursor: pointer; padding: .6rem 0; font-weight: 500; }
.probes table + details { margin-top: .75rem; }
@media (min-width: 1700px) {
  body { max-width: 96rem; }
  .cards { grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); }
}
th button { all: unset; cursor: pointer; }
th button:hover { color: var(--text); }
th button:focus-visible { outline: 2px solid var(--red); outline-offset: 3px; border-radius: 3px; }
th[aria-sort=ascending] button::after { content: " ↑"; }
th[aria-sort=descending] button::after { content: " ↓"; }
.uplot, .uplot *, .uplot *::before, .uplot *::after { box-sizing: border-box; }
.uplot { width: min-content; }
.u-wrap { position: relative; user-select: none; }
.u-over, .u-under, .u-axis, .u-select { position: absolute; }
.u-under { overflow: hidden; }
.uplot canvas { display: block; position: relative; width: 100%; height: 100%; }
.u-off, .u-select, .u-cursor-pt { display: none; }
`;
