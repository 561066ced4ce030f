import { canFill } from '../metrics/probe_status.js';
import type { MapStatus, ProbeStatus } from './exporter.js';
import { type Html, html } from './html.js';
import { grouped, NONE } from './number_text.js';
import { cpuShare, shareText } from './probe_cost.js';
import { type ProbeWarning, warningsOf } from './probe_warnings.js';
import { hasProblem, worstFirst } from './problems.js';

/** All probes: those with a problem at once, the others folded. */
export function probeSection(probes: readonly ProbeStatus[], telemetryPath: string): Html {
  const troubled = worstFirst(probes.filter((probe) => probe.state !== 'up' || hasProblem(probe)));
  const healthy = probes.filter((probe) => !troubled.includes(probe));
  return html`<section class="probes" aria-labelledby="probes">
<h2 id="probes">Probes</h2>
<input id="search" type="search" placeholder="Find a probe" aria-label="Find a probe" autocomplete="off" spellcheck="false" maxlength="100" hidden>
${troubled.length > 0 ? probeTable(troubled, 'Probes with problems', telemetryPath) : undefined}
${healthy.length > 0 ? html`<details><summary>${healthy.length} ${healthy.length === 1 ? 'probe is' : 'probes are'} up and ${healthy.length === 1 ? 'has' : 'have'} no problems</summary>${probeTable(healthy, 'Probes without problems', telemetryPath)}</details>` : undefined}
</section>`;
}

/** One row per probe. The script of the page sorts it by the columns with `data-sort`, and the rows by their `data-` values. */
function probeTable(probes: readonly ProbeStatus[], caption: string, telemetryPath: string): Html {
  return html`<table>
<caption>${caption}</caption>
<thead><tr><th scope="col" data-sort="name">Probe</th><th scope="col" data-sort="state">State</th><th scope="col" class="number" data-sort="samples">Samples</th><th scope="col" class="number" data-sort="cpu">CPU</th><th scope="col" data-sort="full">Map entries</th></tr></thead>
${probes.map((probe) => probeRows(probe, telemetryPath))}
</table>`;
}

function probeRows(probe: ProbeStatus, telemetryPath: string): Html {
  const { name, summary, state, series, maps } = probe;
  const shown = maps.filter((map) => canFill(map) || map.lost > 0);
  const warnings = warningsOf(probe);
  const number = state === 'up' ? 'number' : 'number none';
  const share = cpuShare([probe]);
  const fullest = Math.max(0, ...shown.map(({ entries, maxEntries }) => (maxEntries === 0 ? 0 : entries / maxEntries)));
  return html`<tbody id="probe-${name}" data-name="${name}" data-state="${state}" data-samples="${series}" data-cpu="${share === 'unknown' ? -1 : share}" data-full="${fullest}">
<tr>
<th scope="row"><a href="${telemetryPath}?collect[]=${name}"><strong>${name}</strong></a><span class="quiet">${summary}</span>${warnings.filter(({ map }) => map === undefined).map(warningText)}</th>
<td class="state-cell"><span class="state ${state}">${state}</span></td>
<td class="${number}" data-label="Samples">${state === 'up' ? grouped(series) : NONE}</td>
<td class="${number}" data-label="CPU">${cost(probe)}</td>
<td class="maps">${
    shown.length > 0
      ? html`<div>${shown.map((map) =>
          mapBar(
            map,
            warnings.filter((one) => one.map === map.name),
          ),
        )}</div>`
      : undefined
  }</td>
</tr>
</tbody>
`;
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

function warningText({ text }: ProbeWarning): Html {
  return html`<span class="warning">${text}</span>`;
}

function mapBar({ name, entries, maxEntries }: MapStatus, warnings: readonly ProbeWarning[]): Html {
  const share = maxEntries === 0 ? 0 : Math.min(1, entries / maxEntries);
  const look = share < 0.8 ? '' : share < 1 ? 'high' : 'full';
  // A map that is not empty shows at least a dot.
  const width = share === 0 ? 0 : Math.max(1, share * 100);
  const label = `${name} is ${Math.round(share * 100)} % full`;
  const bar = html`<svg viewBox="0 0 100 5" preserveAspectRatio="none" role="img" aria-label="${label}"><rect class="track" width="100" height="5"/><rect class="fill ${look}" width="${width.toFixed(1)}" height="5"/></svg>`;
  return html`<div class="map"><span>${name}</span><span class="number">${grouped(entries)} of ${grouped(maxEntries)}</span>${bar}${warnings.map(warningText)}</div>`;
}
