/**
 * The part of the style sheet that only pages about profiles need. Frames have light fills and dark text in both colour schemes.
 * The kinds of frames, and more and less, differ in lightness too: they can be told apart without seeing red or green.
 */
export const FLAME_STYLE = `
:root { --user: #f6b26b; --kernel: #a4c8ee; --jit: #f3ee9c; --label: #d5dad6; --other: #eef0ed; --more: #e8871e; --less: #3d8fd1; --same: #f7f7f5; }
h1 a { text-decoration: none; }
h2 { margin: 1.75rem 0 .6rem; font-size: 1.15rem; letter-spacing: -.01em; }
nav a:first-child { background: var(--card); border-color: var(--line); color: inherit; }
nav a:first-child:hover { background: var(--card); border-color: var(--red); color: var(--red); }
form { display: flex; flex-wrap: wrap; align-items: end; gap: .6rem .9rem; margin: 0 0 1.25rem; }
label { display: grid; gap: .15rem; color: var(--quiet); font-size: .85rem; min-width: 0; }
select, input, button { max-width: 16rem; min-height: 2.2rem; padding: .25rem .6rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: var(--text); font: inherit; font-size: .95rem; }
button { cursor: pointer; font-weight: 500; }
button[type=submit] { background: #b3262e; border-color: #b3262e; color: #fff; }
button:hover { border-color: var(--red); }
button:disabled { opacity: .5; cursor: default; }
:is(select, input, button):focus-visible { outline: 2px solid var(--red); outline-offset: 2px; }
.notice { margin: 0 0 1rem; padding: .65rem .9rem; border-radius: 8px; border-left: 3px solid var(--amber); background: var(--amber-wash); }
.notice p { margin: 0; }
.notice p + p { margin-top: .3rem; }
.panel { padding: .9rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; margin-bottom: .6rem; }
.tools output { color: var(--quiet); font-size: .9rem; }
#details { min-height: 3em; margin: 0 0 .5rem; font-size: .9rem; }
#details bdi { font-weight: 600; }
#graph { overflow: hidden; }
#graph svg { display: block; margin-bottom: -40px; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: .7rem 0 0; padding: 0; list-style: none; color: var(--quiet); font-size: .85rem; }
.legend svg { width: .9rem; height: .9rem; margin-right: .35rem; vertical-align: -.1rem; }
.d3-flame-graph rect { stroke: var(--card); stroke-width: .6; }
.legend rect { stroke: var(--line); stroke-width: .6; }
.d3-flame-graph .frame { cursor: pointer; }
.d3-flame-graph rect:hover { stroke: var(--text); stroke-width: 1; }
.tiles { grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); }
.d3-flame-graph .fade { opacity: .6; }
.d3-flame-graph-label { margin: 0 4px; padding: 0; overflow: hidden; color: #14181a; font-size: 12px; line-height: 1.5; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
.in-user { fill: var(--user); } .in-kernel { fill: var(--kernel); } .in-jit { fill: var(--jit); } .in-label { fill: var(--label); } .in-other { fill: var(--other); }
.more { fill: var(--more); } .less { fill: var(--less); } .same { fill: var(--same); }
table.functions tbody + tbody tr:first-child > *, table.functions tbody tr + tr > * { border-top: 1px solid var(--line); }
table.functions :is(th, td) { padding-block: .45rem; }
table.functions tbody th { width: auto; }
table.functions tbody th bdi { display: block; }
table.functions .quiet bdi { display: inline; }
@media (max-width: 760px) {
  form label { flex: 1 1 8rem; }
  select, input { width: 100%; max-width: none; }
  table.functions tbody { padding: 0; }
  table.functions tbody tr, table.functions tbody tr:first-child { display: grid; grid-template-columns: 1fr 1fr; gap: .2rem 1rem; padding: .6rem .9rem; }
  table.functions tbody tr + tr { border-top: 1px solid var(--line); }
  table.functions tbody tr + tr > * { border-top: 0; }
}
`;
