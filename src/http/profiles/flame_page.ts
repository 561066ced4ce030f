import { cpus } from 'node:os';
import { meanOf, recordedMs } from '../../profiles/amounts.js';
import { Html, html } from '../html.js';
import { grouped, percent } from '../number_text.js';
import { flameData } from './flame_data.js';
import { flameScript } from './flame_files.js';
import { flameForm } from './flame_form.js';
import { fileLink, flameLink } from './flame_links.js';
import { functionTable } from './flame_table.js';
import { amountText, lengthText, shareText, timeText } from './flame_text.js';
import type { FlameView } from './flame_view.js';
import { page } from './profile_pages.js';

const GRAPH = { cpu: 'CPU flame graph', offcpu: 'Off-CPU flame graph' } as const;

/** The page of a flame graph: one document that loads nothing. */
export function flamePage(view: FlameView): string {
  const { query, profile, totals } = view;
  const { from, to } = query;
  const subtitle = html`<time datetime="${new Date(from).toISOString()}">${timeText(from)}</time> to <time datetime="${new Date(to).toISOString()}">${timeText(to)}</time> UTC`;
  const length = to - from;
  const later = to + length < Date.now() && html`<a href="${flameLink(query, { at: to + length })}">Later</a>`;
  const links = html`<a href="${flameLink(query, { at: to - length })}">Earlier</a>${later || undefined}<a href="${flameLink(query, { at: undefined })}">Now</a>`;
  const graph = totals.value + totals.before > 0 ? graphSection(view) : undefined;
  const content = html`${flameForm(view)}
${tiles(view)}
${notices(view)}
${graph}
${functionTable(view)}`;
  const files = html`<a href="${fileLink(query, 'pprof')}">pprof file</a> · <a href="${fileLink(query, 'folded')}">folded stacks</a> · times are in UTC · ${profile.kind === 'cpu' ? `one sample stands for ${amountText(1, profile)} of CPU time` : 'off-CPU time is the time that threads waited'}`;
  return page({ title: GRAPH[profile.kind], subtitle, links, content, footer: files });
}

function tiles({ query, profile, before, totals, hostTotal }: FlameView): Html {
  const mean = meanOf(totals.value, profile);
  const isCpu = profile.kind === 'cpu';
  const count = cpus().length;
  const ofRecord =
    totals.value === hostTotal ? 'everything recorded' : `${shareText(totals.value, hostTotal)} of everything recorded`;
  const note = isCpu ? `${grouped(totals.value)} samples, ${ofRecord}` : ofRecord;
  const second = isCpu
    ? html`<div><dt>Share of the host</dt><dd>${shareText(mean, count)}</dd><dd>${Number(mean.toPrecision(2))} of ${count} CPUs on average</dd></div>`
    : html`<div><dt>Waiting at once</dt><dd>${Number(mean.toPrecision(3))}</dd><dd>threads on average</dd></div>`;
  const change =
    before &&
    html`<div><dt>${lengthText(query.diffMs!)} earlier</dt><dd>${amountText(totals.before, profile)}</dd><dd>${changeText(totals.value, totals.before)}</dd></div>`;
  const lost = html`<div><dt>Samples lost</dt><dd${profile.lost > 0 ? html` class="bad"` : undefined}>${grouped(profile.lost)}</dd><dd>of the whole host</dd></div>`;
  const recorded = html`<div><dt>Recorded</dt><dd>${lengthText(recordedMs(profile))}</dd><dd>of ${lengthText(profile.to - profile.from)}</dd></div>`;
  return html`<dl class="tiles">
<div><dt>${isCpu ? 'CPU time' : 'Time waited'}</dt><dd>${amountText(totals.value, profile)}</dd><dd>${note}</dd></div>
${second}
${change}
${recorded}
${lost}
</dl>`;
}

function changeText(value: number, before: number): string {
  if (before === 0) return 'nothing was recorded then';
  const change = value / before - 1;
  return `${change < 0 ? 'less' : 'more'} now: ${change < 0 ? '−' : '+'}${percent(Math.abs(change))}`;
}

function notices(view: FlameView): Html | undefined {
  const { profile, before, totals, query } = view;
  const texts = [...gaps(profile, 'this time'), ...(before ? gaps(before, 'the earlier time') : [])];
  if (before !== undefined && recordedMs(before) !== recordedMs(profile) && recordedMs(before) > 0)
    texts.push('The earlier numbers are scaled to the same length of record.');
  if (totals.value === 0) {
    texts.push(
      query.filter.size > 0
        ? 'No sample matches. Choose another command, or a longer time.'
        : 'No sample was recorded in this time.',
    );
  }
  return texts.length === 0 ? undefined : html`<div class="notice">${texts.map((text) => html`<p>${text}</p>`)}</div>`;
}

function gaps({ from, to, missingMs, lost }: FlameView['profile'], time: string): string[] {
  const texts: string[] = [];
  if (missingMs > 0) {
    const what = missingMs >= to - from ? `all of ${time}` : `${lengthText(missingMs)} of ${time}`;
    texts.push(`There is no record of ${what}: the recorder did not run, or the record was dropped to make space.`);
  }
  if (lost > 0) {
    const samples = lost === 1 ? '1 sample of' : `${grouped(lost)} samples of`;
    texts.push(`${samples} ${time} could not be recorded: the real numbers are higher.`);
  }
  return texts;
}

const KINDS = {
  user: 'process',
  kernel: 'kernel',
  jit: 'JIT-compiled',
  label: 'label',
  other: 'other, each too small to show',
};
const CHANGES = { more: 'more than before', same: 'unchanged', less: 'less than before' };

function graphSection(view: FlameView): Html {
  const legend = Object.entries(view.before ? CHANGES : KINDS).map(
    ([look, text]) =>
      html`<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="${view.before ? look : `in-${look}`}" width="10" height="10"/></svg>${text}</li>`,
  );
  return html`<section class="panel" aria-label="Flame graph">
<noscript><p>The graph needs JavaScript. The table below has the hottest functions.</p></noscript>
<div class="tools" hidden>
<input id="search" type="search" placeholder="Find a function" aria-label="Find a function" autocomplete="off" spellcheck="false" maxlength="200">
<button id="reset" type="button" disabled>Whole graph</button>
<output id="found"></output>
</div>
<p id="details">Each box is a function, below the one that called it; its width is its share of the time. Click a box to enlarge it.</p>
<div id="graph"></div>
<ul class="legend">${legend}</ul>
</section>
<script type="application/json" id="profile">${Html.trusted(flameData(view))}</script>
<script>${Html.trusted(flameScript())}</script>`;
}
