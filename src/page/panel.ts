import uPlot from 'uplot';
import type { LivePanel, LiveRow } from '../live/digest.js';
import { lateText, rateText, totalText, type Unit } from './amount_text.js';
import { History } from './history.js';

/** A card with a total, its last minutes, and the rows with most of it. */
export class Panel {
  readonly #card: HTMLElement;
  readonly #unit: Unit;
  readonly #hasFlames: boolean;
  readonly #total: HTMLElement;
  readonly #list: HTMLElement;
  readonly #history = new History<number>();
  readonly #chart: uPlot;

  constructor(card: HTMLElement) {
    this.#card = card;
    this.#unit = card.dataset.unit as Unit;
    this.#hasFlames = 'flames' in card.dataset;
    this.#total = card.querySelector('.total')!;
    this.#list = card.querySelector('ol')!;
    const box = card.querySelector<HTMLElement>('.spark')!;
    const colour = getComputedStyle(box).color;
    this.#chart = new uPlot(
      {
        width: box.clientWidth,
        height: box.clientHeight,
        padding: [2, 0, 2, 0],
        legend: { show: false },
        cursor: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: { y: { range: (_plot, _least, most) => [0, Math.max(most, Number.MIN_VALUE)] } },
        series: [{}, { stroke: colour, width: 1.5, points: { show: false } }],
      },
      [[], []],
      box,
    );
    new ResizeObserver(() => this.#chart.setSize({ width: box.clientWidth, height: box.clientHeight })).observe(box);
  }

  /** @param panel undefined if its probe did not answer in time: what was shown before pales */
  update(at: number, panel: LivePanel | undefined, cpus: number): void {
    this.#card.classList.toggle('stale', panel === undefined);
    this.#card.title = panel === undefined ? lateText : '';
    if (panel === undefined) return;
    const { total, rows } = panel;
    this.#total.textContent = totalText(total, this.#unit, cpus);
    this.#history.add(at, total);
    this.#chart.setData([this.#history.times, this.#history.values]);
    const items = rows.map((row) => this.#item(row, rows[0]!.rate));
    this.#list.replaceChildren(...(items.length > 0 ? items : [none()]));
  }

  #item({ labels, rate }: LiveRow, most: number): HTMLElement {
    const item = document.createElement('li');
    const bar = document.createElement('i');
    bar.style.width = `${(rate / most) * 100}%`;
    const { command } = labels;
    const isLink = this.#hasFlames && command !== undefined;
    const who = document.createElement(isLink ? 'a' : 'span');
    if (isLink) (who as HTMLAnchorElement).href = `/flamegraph?${new URLSearchParams({ window: '5m', command })}`;
    // Outside of a pod or a unit their labels are empty.
    const known = Object.entries(labels).filter(([, value]) => value !== '');
    who.title = known.map(([name, value]) => `${name}: ${value}`).join('\n');
    // Anybody may choose a name: it is text, and its direction does not change that of the row.
    const names = known.length > 0 ? known.map(([, value]) => value) : ['none'];
    for (const [index, value] of names.entries()) {
      const part = document.createElement('bdi');
      part.textContent = value;
      who.append(...(index > 0 ? [' · '] : []), part);
    }
    const number = document.createElement('span');
    number.className = 'rate';
    number.textContent = rateText(rate, this.#unit);
    item.append(bar, who, number);
    return item;
  }
}

function none(): HTMLElement {
  const item = document.createElement('li');
  item.className = 'quiet';
  item.textContent = 'None in the last seconds.';
  return item;
}
