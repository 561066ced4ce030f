import { createHash } from 'node:crypto';
import { canFill } from '../metrics/probe_status.js';
import type { Exporter, MapStatus, ProbeStatus } from './exporter.js';
import { Html, html } from './html.js';
import { LANDING_STYLE, MARK } from './landing_style.js';

/** Lets the page use its own style sheet and mark, and nothing else. */
export const LANDING_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(LANDING_STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ICON = `data:image/svg+xml,${encodeURIComponent(MARK)}`;

/** The page at `/`: every probe with its state, series, cost and maps. One file, no scripts. */
export function landingPage(exporter: Pick<Exporter, 'probes' | 'ready' | 'version'>, telemetryPath: string): string {
  const probes = exporter.probes();
  const { version, libbpf, node, kernel } = exporter.version;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SantaBPF</title>
<link rel="icon" href="${ICON}">
<style>${Html.trusted(LANDING_STYLE)}</style>
</head>
<body>
<header>
${Html.trusted(MARK)}
<div><h1>SantaBPF</h1><p>Prometheus metrics of what only the kernel knows</p></div>
<nav><a href="${telemetryPath}">Metrics</a><a href="/probes">Probes as JSON</a></nav>
</header>
<main>
${tiles(probes, exporter.ready())}
<table>
<caption>Probes</caption>
<thead><tr><th scope="col">Probe</th><th scope="col">State</th><th scope="col" class="number">Series</th><th scope="col" class="number">Cost</th><th scope="col">Map entries</th></tr></thead>
${probes.map(probeRows)}
</table>
</main>
<footer>SantaBPF ${version} · Linux ${kernel} · libbpf ${libbpf} · Node.js ${node}. Series and entries are those of the last scrape.</footer>
</body>
</html>
`.toString();
}

function tiles(probes: readonly ProbeStatus[], ready: boolean): Html {
  const up = probes.filter(({ state }) => state === 'up').length;
  const down = probes.filter(({ state }) => state === 'down').length;
  const scrapes = probes.flatMap(({ lastScrape }) => lastScrape ?? []);
  const slowest = Math.max(0, ...scrapes.map(({ seconds }) => seconds));
  const failed = scrapes.filter(({ success }) => !success).length;
  const state = [ready ? undefined : 'loading', down > 0 ? `${down} down` : undefined].filter(
    (part) => part !== undefined,
  );
  return html`<dl class="tiles">
<div><dt>Probes up</dt><dd${down > 0 ? Html.trusted(' class="bad"') : undefined}>${up} of ${probes.length}</dd><dd>${state.join(', ') || 'all running'}</dd></div>
<div><dt>Series</dt><dd>${grouped(sum(probes.map(({ series }) => series)))}</dd><dd>at the last scrape</dd></div>
<div><dt>Cost</dt><dd>${percent(sumKnown(probes.map(cpuShare)))}</dd><dd>of one CPU, in the kernel</dd></div>
<div><dt>Slowest probe to read</dt><dd>${scrapes.length === 0 ? '–' : duration(slowest)}</dd><dd>${failed > 0 ? `${failed} not read` : 'at the last scrape'}</dd></div>
</dl>`;
}

function probeRows(probe: ProbeStatus): Html {
  const { name, summary, state, reason, series, maps } = probe;
  const shown = maps.filter((map) => canFill(map) || map.lost > 0);
  const number = state === 'up' ? 'number' : 'number none';
  const look = state === 'up' && reason !== undefined ? 'partly' : state;
  return html`<tbody>
<tr>
<th scope="row"><strong>${name}</strong><span class="quiet">${summary}</span></th>
<td class="state-cell"><span class="state ${look}">${look === 'partly' ? 'partly up' : state}</span></td>
<td class="${number}" data-label="Series">${state === 'up' ? grouped(series) : '–'}${seriesWarnings(probe)}</td>
<td class="${number}" data-label="Cost">${cost(probe)}</td>
<td class="maps">${shown.length > 0 ? html`<div>${shown.map(mapBar)}</div>` : undefined}</td>
</tr>
${
  reason &&
  html`<tr class="reason"><td colspan="5"><p class="${look}">${reason.message} <code>${reason.code}</code><span class="remedy">${reason.remedy}</span></p></td></tr>
`
}</tbody>
`;
}

function seriesWarnings({ metrics, lastScrape }: ProbeStatus): Html {
  const dropped = sum(metrics.map((metric) => metric.dropped));
  const errors = sum(metrics.map((metric) => metric.decodeErrors));
  const warnings = [
    dropped > 0 ? `${grouped(dropped)} over the limit` : undefined,
    errors > 0 ? `${grouped(errors)} not decoded` : undefined,
    lastScrape?.success === false ? 'last read failed' : undefined,
  ].filter((warning) => warning !== undefined);
  return html`${warnings.map((warning) => html`<br><span class="warning">${warning}</span>`)}`;
}

function cost(probe: ProbeStatus): Html {
  const measured = probe.programs.flatMap(({ name, nanosecondsPerRun }) =>
    nanosecondsPerRun === undefined ? [] : [{ name, text: `${grouped(Math.round(nanosecondsPerRun))} ns` }],
  );
  const perRun =
    measured.length === 1
      ? html`<span class="quiet">${measured[0]!.text} a run</span>`
      : measured.map(({ name, text }) => html`<span class="quiet">${name} ${text}</span>`);
  return html`${percent(cpuShare(probe))}${perRun}`;
}

function mapBar({ name, entries, maxEntries, lost }: MapStatus): Html {
  const share = maxEntries === 0 ? 0 : Math.min(1, entries / maxEntries);
  const look = share < 0.8 ? '' : share < 1 ? 'high' : 'full';
  // A map with anything in it shows at least a dot.
  const width = share === 0 ? 0 : Math.max(1, share * 100);
  const label = `${name} is ${Math.round(share * 100)} % full`;
  const bar = html`<svg viewBox="0 0 100 5" preserveAspectRatio="none" role="img" aria-label="${label}"><rect class="track" width="100" height="5"/><rect class="fill ${look}" width="${width.toFixed(1)}" height="5"/></svg>`;
  const warning =
    lost > 0
      ? html`<span class="warning">${grouped(lost)} ${lost === 1 ? 'update' : 'updates'} found it full</span>`
      : undefined;
  return html`<div class="map"><span>${name}</span><span class="number">${grouped(entries)} of ${grouped(maxEntries)}</span>${bar}${warning}</div>`;
}

/** CPU seconds per second of all programs; undefined before the first measurement. */
function cpuShare({ programs }: ProbeStatus): number | undefined {
  return sumKnown(programs.map((program) => program.cpuShare));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function sumKnown(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : sum(known);
}

function percent(share: number | undefined): string {
  if (share === undefined) return '–';
  if (share === 0) return '0 %';
  return share < 0.000_01 ? '< 0.001 %' : `${significant(share * 100)} %`;
}

function duration(seconds: number): string {
  return seconds < 1 ? `${significant(seconds * 1000)} ms` : `${significant(seconds)} s`;
}

function significant(number: number): string {
  return number >= 100 ? grouped(Math.round(number)) : String(Number(number.toPrecision(2)));
}

function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
