import { createHash } from 'node:crypto';
import type { Exporter, ProbeStatus } from './exporter.js';
import { Html, html } from './html.js';
import { LANDING_STYLE, MARK } from './landing_style.js';
import { duration, grouped, sum } from './number_text.js';
import { cpuShare, probeTable, shareText } from './probe_table.js';
import { countStates, otherStates } from './state_counts.js';

/** Content security policy of the page: only its own style sheet and icon may load. */
export const LANDING_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(LANDING_STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The logo as an image. */
export const ICON = `data:image/svg+xml,${encodeURIComponent(MARK)}`;

/** The page at `/`: every probe with its state, series, CPU use and maps. One document, no scripts. */
export function landingPage(
  exporter: Pick<Exporter, 'probes' | 'isRecording' | 'ready' | 'version'>,
  telemetryPath: string,
): string {
  const probes = exporter.probes();
  const flameLink = exporter.isRecording ? html`<a href="/flamegraph">Flame graph</a>` : undefined;
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
<div><h1>SantaBPF</h1><p>Prometheus exporter for what only the kernel knows</p></div>
<nav><a href="${telemetryPath}">Metrics</a><a href="/probes">Probes as JSON</a>${flameLink}</nav>
</header>
<main>
${tiles(probes, exporter.ready())}
${probeTable(probes)}
</main>
<footer>SantaBPF ${version} · Linux ${kernel} · libbpf ${libbpf} · Node.js ${node}. Samples and map entries are from the last scrape.</footer>
</body>
</html>
`.toString();
}

function tiles(probes: readonly ProbeStatus[], ready: boolean): Html {
  const { up, down } = countStates(probes);
  const scrapes = probes.flatMap(({ lastScrape }) => lastScrape ?? []);
  const slowest = scrapes.length === 0 ? undefined : Math.max(...scrapes.map(({ seconds }) => seconds));
  const failed = scrapes.filter(({ success }) => !success).length;
  const cpu = cpuShare(probes);
  const cpuNote = cpu === 'unknown' ? 'not measured yet, or CAP_SYS_ADMIN is missing' : 'of one CPU, in the kernel';
  const others = otherStates(probes);
  const state = others !== '' ? others : ready ? 'none down' : 'starting';
  return html`<dl class="tiles">
<div><dt>Probes up</dt><dd${down > 0 ? Html.trusted(' class="bad"') : undefined}>${up} of ${probes.length}</dd><dd>${state}</dd></div>
<div><dt>Samples</dt><dd>${grouped(sum(probes.map(({ series }) => series)))}</dd><dd>in the last scrape</dd></div>
<div><dt>CPU used by probes</dt><dd>${shareText(cpu)}</dd><dd>${cpuNote}</dd></div>
<div><dt>Slowest probe to read</dt><dd>${duration(slowest)}</dd><dd>${failed > 0 ? `${failed} failed` : 'in the last scrape'}</dd></div>
</dl>`;
}
