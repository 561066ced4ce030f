import { HEATMAPS, PANELS } from '../live/panels.js';
import type { ProbeStatus } from './exporter.js';
import { type Html, html } from './html.js';

/** Empty places that the script of the page fills while the page is visible. */
export function liveSection(probes: readonly ProbeStatus[], isRecording: boolean): Html {
  const up = new Set(probes.filter(({ state }) => state === 'up').map(({ name }) => name));
  const cards = PANELS.filter(({ probe }) => up.has(probe)).map(
    ({ id, title, unit, hasFlames }) =>
      html`<article class="card" data-panel="${id}" data-unit="${unit}"${hasFlames && isRecording ? html` data-flames` : undefined}>
<h3>${title}</h3><p class="total">…</p><div class="spark" aria-hidden="true"></div><ol></ol>
</article>
`,
  );
  const maps = HEATMAPS.filter(({ probe }) => up.has(probe)).map(
    ({ id, title }) =>
      html`<article class="card" data-heatmap="${id}"><h3>${title}</h3><p class="reading">…</p><div class="heat"></div></article>
`,
  );
  const isEmpty = cards.length + maps.length === 0;
  return html`<section class="now" aria-labelledby="now">
<h2 id="now">Now</h2>
${isEmpty ? html`<p class="quiet">None of the probes of this part is up: ${[...new Set([...PANELS, ...HEATMAPS].map(({ probe }) => probe))].join(', ')}.</p>` : undefined}
<noscript><p class="notice">This part needs JavaScript. The metrics have the same numbers.</p></noscript>
<p id="live-state" role="status" class="quiet"></p>
<div class="cards">
${cards}${maps}</div>
</section>`;
}
