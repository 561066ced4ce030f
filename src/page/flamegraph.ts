/** The script of the flame graph page: draws the graph of the data in the page. All names in it are shown as text only. */
import flamegraph from 'd3-flame-graph';
import { select } from 'd3-selection';
import { fillOf } from './flame_colours.js';
import { decodeNode, type FlameData, type FlameNode } from './flame_nodes.js';

/** Above this many frames an animation stutters. */
const ANIMATED_FRAMES = 1500;
const KIND_WORDS: Readonly<Record<string, string>> = { kernel: 'kernel', jit: 'JIT-compiled' };

const element = <T extends Element>(id: string) => document.getElementById(id) as unknown as T;
const data = JSON.parse(element<HTMLElement>('profile').textContent!) as FlameData;
const root = decodeNode(data.root, data.names);
const isComparison = data.earlier !== undefined;

const box = element<HTMLElement>('graph');
const details = element<HTMLElement>('details');
const search = element<HTMLInputElement>('search');
const found = element<HTMLOutputElement>('found');
const reset = element<HTMLButtonElement>('reset');

const still = matchMedia('(prefers-reduced-motion: reduce)').matches || countOf(root) > ANIMATED_FRAMES;
const chart = flamegraph<FlameNode>()
  .width(box.clientWidth)
  .cellHeight(20)
  .minFrameSize(0.5)
  .transitionDuration(still ? 0 : 250)
  .inverted(true)
  .resetHeightOnZoom(true)
  .getName(({ data: node }) => `${mark(node)}${node.name}`)
  .setLabelHandler(({ data: node }) => `\u2068${node.name}\u2069: ${numbersOf(node)}`)
  .setColorMapper((frame) => fillOf(frame, isComparison))
  .setSearchMatch(({ data: node }, term) => node.name.toLowerCase().includes(term.toLowerCase()))
  .setSearchHandler((_frames, sum) => {
    found.textContent = sum === 0 ? 'Nothing found' : `${share(sum)} of the time in what was found`;
  })
  .onHover(({ data: node }) => describe(node))
  .onClick((frame) => {
    reset.disabled = frame.parent === null;
    describe(frame.data);
  });
select(box).datum(root).call(chart);

document.querySelector('.tools')!.removeAttribute('hidden');
search.addEventListener('input', () => {
  const term = search.value.trim();
  if (term !== '') {
    chart.search(term);
    return;
  }
  found.textContent = '';
  chart.clear();
});
reset.addEventListener('click', () => chart.resetZoom());
let width = box.clientWidth;
addEventListener('resize', () => {
  if (box.clientWidth === width) return;
  width = box.clientWidth;
  chart.width(width).update();
});

/** Colours are not the only sign of a change. */
function mark({ value, before }: FlameNode): string {
  if (!isComparison || value === before) return '';
  return value > before ? '▲ ' : '▼ ';
}

function describe(node: FlameNode): void {
  const name = document.createElement('bdi');
  name.textContent = node.name;
  const origin = document.createElement('bdi');
  origin.textContent = KIND_WORDS[node.kind] ?? node.origin;
  details.replaceChildren(name, ...(origin.textContent === '' ? [] : [' · ', origin]), ` · ${numbersOf(node)}`);
}

function numbersOf({ value, before }: FlameNode): string {
  const samples = data.kind === 'cpu' ? `, ${value} ${value === 1 ? 'sample' : 'samples'}` : '';
  const earlier = isComparison ? `; ${data.earlier} earlier ${seconds(before)}` : '';
  return `${seconds(value)}, ${share(value)}${samples}${earlier}`;
}

function seconds(value: number): string {
  const time = value * data.unit;
  if (time > 0 && time < 1) return `${Number((time * 1000).toPrecision(3))} ms`;
  return `${time < 100 ? Number(time.toPrecision(3)) : Math.round(time)} s`;
}

function share(value: number): string {
  return root.value === 0 ? '–' : `${Number(((value / root.value) * 100).toPrecision(3))} %`;
}

function countOf(node: FlameNode): number {
  return node.children.reduce((count, child) => count + countOf(child), 1);
}
