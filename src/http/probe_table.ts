import { canFill } from '../metrics/probe_status.js';
import type { MapStatus, ProbeStatus, Unknown } from './exporter.js';
import { type Html, html } from './html.js';
import { grouped, NONE, percent, sum } from './number_text.js';

/** The table of the landing page: one row per probe, and a second row if the probe does not run. */
export function probeTable(probes: readonly ProbeStatus[]): Html {
  return html`<table>
<caption>Probes</caption>
<thead><tr><th scope="col">Probe</th><th scope="col">State</th><th scope="col" class="number">Samples</th><th scope="col" class="number">CPU</th><th scope="col">Map entries</th></tr></thead>
${probes.map(probeRows)}
</table>`;
}

/** CPU seconds per second of all programs of some probes; unknown if that of any program is. */
export function cpuShare(probes: readonly ProbeStatus[]): number | Unknown {
  const shares = probes.flatMap(({ programs }) => programs.map((program) => program.cpuShare));
  const known = shares.filter((share) => share !== 'unknown');
  return known.length < shares.length ? 'unknown' : sum(known);
}

/** A CPU share as the page shows it. */
export function shareText(share: number | Unknown): string {
  return share === 'unknown' ? share : percent(share);
}

function probeRows(probe: ProbeStatus): Html {
  const { name, summary, state, reason, series, maps } = probe;
  const shown = maps.filter((map) => canFill(map) || map.lost > 0);
  const number = state === 'up' ? 'number' : 'number none';
  return html`<tbody>
<tr>
<th scope="row"><strong>${name}</strong><span class="quiet">${summary}</span></th>
<td class="state-cell"><span class="state ${state}">${state}</span></td>
<td class="${number}" data-label="Samples">${state === 'up' ? grouped(series) : NONE}${warnings(probe)}</td>
<td class="${number}" data-label="CPU">${cost(probe)}</td>
<td class="maps">${shown.length > 0 ? html`<div>${shown.map(mapBar)}</div>` : undefined}</td>
</tr>
${
  reason &&
  html`<tr class="reason ${state}-reason"><td colspan="5"><p>${reason.message} <code>${reason.code}</code><span class="remedy">${reason.remedy}</span></p></td></tr>
`
}</tbody>
`;
}

function warnings({ metrics, lastScrape }: ProbeStatus): Html {
  const dropped = sum(metrics.map((metric) => metric.dropped));
  const errors = sum(metrics.map((metric) => metric.decodeErrors));
  const texts = [
    dropped > 0 ? `${grouped(dropped)} over the series limit` : undefined,
    errors > 0 ? `${grouped(errors)} decode ${errors === 1 ? 'error' : 'errors'}` : undefined,
    lastScrape?.success === false ? 'last read failed' : undefined,
  ].filter((text) => text !== undefined);
  return html`${texts.map((text) => html`<br><span class="warning">${text}</span>`)}`;
}

function cost(probe: ProbeStatus): Html | string {
  if (probe.state !== 'up') return NONE;
  const measured = probe.programs.flatMap(({ name, nanosecondsPerRun }) =>
    nanosecondsPerRun === 'unknown' ? [] : [{ name, text: `${grouped(Math.round(nanosecondsPerRun))} ns` }],
  );
  const perRun =
    measured.length === 1
      ? html`<span class="quiet">${measured[0]!.text} per run</span>`
      : measured.map(({ name, text }) => html`<span class="quiet">${name} ${text}</span>`);
  return html`${shareText(cpuShare([probe]))}${perRun}`;
}

function mapBar({ name, entries, maxEntries, lost }: MapStatus): Html {
  const share = maxEntries === 0 ? 0 : Math.min(1, entries / maxEntries);
  const look = share < 0.8 ? '' : share < 1 ? 'high' : 'full';
  // A map that is not empty shows at least a dot.
  const width = share === 0 ? 0 : Math.max(1, share * 100);
  const label = `${name} is ${Math.round(share * 100)} % full`;
  const bar = html`<svg viewBox="0 0 100 5" preserveAspectRatio="none" role="img" aria-label="${label}"><rect class="track" width="100" height="5"/><rect class="fill ${look}" width="${width.toFixed(1)}" height="5"/></svg>`;
  const warning =
    lost > 0
      ? html`<span class="warning">map full: ${grouped(lost)} ${lost === 1 ? 'update' : 'updates'} counted as other</span>`
      : undefined;
  return html`<div class="map"><span>${name}</span><span class="number">${grouped(entries)} of ${grouped(maxEntries)}</span>${bar}${warning}</div>`;
}
