/** The script of the page at `/`: shows what the host does now, while the page is visible. All names are shown as text only. */
import type { LiveDigest } from '../live/digest.js';
import { PACE } from '../live/pace.js';
import { Heatmap } from './heatmap.js';
import { Panel } from './panel.js';
import { ProbeList } from './probe_list.js';

const panels = new Map(all('[data-panel]').map((card) => [card.dataset.panel, new Panel(card)]));
const heatmaps = new Map(all('[data-heatmap]').map((card) => [card.dataset.heatmap, new Heatmap(card)]));
const state = document.getElementById('live-state')!;
let timer: ReturnType<typeof setTimeout> | undefined;
let stateSince = performance.now();

const probes = new ProbeList(document.querySelector('.probes')!);
document.addEventListener('visibilitychange', () => {
  clearTimeout(timer);
  if (!document.hidden) void look();
});
if (panels.size + heatmaps.size > 0 && !document.hidden) void look();

function all(selector: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(selector)];
}

async function look(): Promise<void> {
  clearTimeout(timer);
  let pause: number = PACE.reading;
  try {
    const response = await fetch('/live', { headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`the exporter answered ${response.status}`);
    const digest = (await response.json()) as LiveDigest;
    if (digest.seconds === null) pause = PACE.firstReading;
    else show(digest);
    state.textContent = digest.seconds === null ? 'Reading for the first time …' : '';
    if (performance.now() - stateSince > PACE.states) await refreshStates();
  } catch (error) {
    const reason = error instanceof TypeError ? 'the exporter does not answer' : (error as Error).message;
    state.textContent = `No new numbers since ${new Date().toLocaleTimeString('en-GB')}: ${reason}.`;
  }
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(() => void look(), pause);
}

function show({ at, cpus, panels: read, heatmaps: readMaps }: LiveDigest): void {
  const answers = new Map(read.map((panel) => [panel.id, panel]));
  for (const [id, panel] of panels) panel.update(at, answers.get(id!), cpus);
  const readings = new Map(readMaps.map((heatmap) => [heatmap.id, heatmap]));
  for (const [id, heatmap] of heatmaps) heatmap.update(at, readings.get(id!));
}

/** Takes problems, totals and probes from the page as it is now. */
async function refreshStates(): Promise<void> {
  stateSince = performance.now();
  const response = await fetch('/');
  if (!response.ok) return;
  const now = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const selector of ['#problem-place', '.tiles']) {
    const fresh = now.querySelector(selector);
    if (fresh) document.querySelector(selector)?.replaceWith(fresh);
  }
  const section = now.querySelector<HTMLElement>('.probes');
  if (section) probes.refresh(section);
}
