import { createHash } from 'node:crypto';
import type { Exporter, ProbeStatus } from './exporter.js';
import { hostScript } from './host_script.js';
import { Html, html } from './html.js';
import { LANDING_STYLE, MARK } from './landing_style.js';
import { liveSection } from './live_section.js';
import { LIVE_STYLE } from './live_style.js';
import { duration, grouped, sum } from './number_text.js';
import { cpuShare, shareText } from './probe_cost.js';
import { probeSection } from './probe_table.js';
import { problemSection } from './problems.js';
import { otherStates } from './state_counts.js';

const STYLE = `${LANDING_STYLE}${LIVE_STYLE}`;

/** Content security policy of the page: only its own style sheet and icon, and scripts and answers of this server. */
export const LANDING_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The logo as an image. */
export const ICON = `data:image/svg+xml,${encodeURIComponent(MARK)}`;

/** The page at `/`: what is wrong, what the host does now, and every probe. Only the live part needs its script. */
export function landingPage(
  exporter: Pick<Exporter, 'probes' | 'isRecording' | 'ready' | 'version' | 'hostName'>,
  telemetryPath: string,
): string {
  const probes = exporter.probes();
  const { hostName, isRecording = false } = exporter;
  const flameLink = isRecording ? html`<a href="/flamegraph">Flame graph</a>` : undefined;
  const { version, libbpf, node, kernel } = exporter.version;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${hostName} · SantaBPF</title>
<link rel="icon" href="${ICON}">
<style>${Html.trusted(STYLE)}</style>
</head>
<body>
<header>
${Html.trusted(MARK)}
<div><h1>${hostName}</h1><p>SantaBPF: Prometheus exporter for what only the kernel knows</p></div>
<nav><a href="${telemetryPath}">Metrics</a><a href="/probes">Probes as JSON</a>${flameLink}</nav>
</header>
<main>
<div id="problem-place">${problemSection(probes)}</div>
${liveSection(probes, isRecording)}
${tiles(probes, exporter.ready())}
${probeSection(probes, telemetryPath)}
</main>
<footer>SantaBPF ${version} · Linux ${kernel} · libbpf ${libbpf} · Node.js ${node}. Samples and map entries are from the last scrape.</footer>
<script src="${hostScript().path}"></script>
</body>
</html>
`.toString();
}

function tiles(probes: readonly ProbeStatus[], ready: boolean): Html {
  const up = probes.filter(({ state }) => state === 'up').length;
  const isDown = probes.some(({ state }) => state === 'down');
  const scrapes = probes.flatMap(({ lastScrape }) => lastScrape ?? []);
  const slowest = scrapes.length === 0 ? undefined : Math.max(...scrapes.map(({ seconds }) => seconds));
  const failed = scrapes.filter(({ success }) => !success).length;
  const running = probes.filter(({ programs }) => programs.length > 0);
  const measured = running.filter((probe) => cpuShare([probe]) !== 'unknown');
  const cpu = running.length > 0 && measured.length === 0 ? 'unknown' : cpuShare(measured);
  const others = otherStates(probes);
  const state = others !== '' ? others : ready ? 'none down' : 'starting';
  return html`<dl class="tiles">
<div><dt>Probes up</dt><dd${isDown ? Html.trusted(' class="bad"') : undefined}>${up} of ${probes.length}</dd><dd>${state}</dd></div>
<div><dt>Samples</dt><dd>${grouped(sum(probes.map(({ series }) => series)))}</dd><dd>in the last scrape</dd></div>
<div><dt>CPU used by probes</dt><dd>${shareText(cpu)}</dd><dd>${costNote(measured.length, running.length)}</dd></div>
<div><dt>Slowest probe to read</dt><dd>${duration(slowest)}</dd><dd>${failed > 0 ? `${failed} failed` : 'in the last scrape'}</dd></div>
</dl>`;
}

/** @param measured, running numbers of probes. What only scrapes read has no cost without them. */
function costNote(measured: number, running: number): string {
  const missing = running - measured;
  if (missing === 0) return 'of one CPU, in the kernel';
  if (measured === 0) return 'not measured yet, or CAP_SYS_ADMIN is missing';
  return `of one CPU; ${missing} ${missing === 1 ? 'probe is' : 'probes are'} not measured`;
}
