import type { ProbeStatus } from './exporter.js';
import { type Html, html } from './html.js';
import { grouped, sum } from './number_text.js';

/** What the host's admin should look at, worst first; undefined if there is nothing. */
export function problemSection(probes: readonly ProbeStatus[]): Html | undefined {
  const order = ['down', 'suspended', 'up', 'unsupported'];
  const problems = [...probes]
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
    .flatMap((probe) => problemsOf(probe));
  if (problems.length === 0) return undefined;
  return html`<section class="problems" aria-labelledby="problems">
<h2 id="problems">Problems</h2>
<ul>
${problems}
</ul>
</section>`;
}

function problemsOf(probe: ProbeStatus): Html[] {
  const { name, state, reason, lastScrape, maps } = probe;
  const item = (
    look: string,
    text: Html,
  ) => html`<li class="${look}-reason"><a href="#probe-${name}">${name}</a> ${text}</li>
`;
  const problems: Html[] = [];
  if (reason) {
    const label = state === 'up' ? html`` : html`<span class="state ${state}">${state}</span>`;
    const text = html`${label}<p>${reason.message} <code>${reason.code}</code><span class="remedy">${reason.remedy}</span></p>`;
    problems.push(item(state === 'up' ? 'partly' : state, text));
  }
  if (lastScrape?.success === false)
    problems.push(item('partly', html`<p>Its last read failed: its series are missing from the last scrape.</p>`));
  for (const { name: map, lost } of maps) {
    if (lost === 0) continue;
    const updates = `${grouped(lost)} ${lost === 1 ? 'update' : 'updates'}`;
    problems.push(item('partly', html`<p>Map ${map} was full: ${updates} counted as other.</p>`));
  }
  const [dropped, errors] = metricFaults(probe);
  if (dropped > 0)
    problems.push(item('partly', html`<p>${grouped(dropped)} over the series limit, counted as other.</p>`));
  if (errors > 0)
    problems.push(item('partly', html`<p>${grouped(errors)} decode ${errors === 1 ? 'error' : 'errors'}.</p>`));
  return problems;
}

/** Since the probe was loaded: how often growth was counted as other, and how many entries could not be decoded. */
export function metricFaults({ metrics }: ProbeStatus): [dropped: number, errors: number] {
  return [sum(metrics.map(({ dropped }) => dropped)), sum(metrics.map(({ decodeErrors }) => decodeErrors))];
}
