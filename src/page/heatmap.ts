import uPlot from 'uplot';
import type { LiveHeatmap } from '../live/digest.js';
import { PACE } from '../live/pace.js';
import { durationText, lateText } from './amount_text.js';
import { History } from './history.js';

/** Longer than the time between two readings: a gap of the record is not filled. */
const widestColumn = 24;

const isDark = matchMedia('(prefers-color-scheme: dark)');
const number = new Intl.NumberFormat('en');

/** A card with a histogram of the host over time: each reading is a column, each bucket a cell. */
export class Heatmap {
  readonly #card: HTMLElement;
  readonly #text: HTMLElement;
  readonly #history = new History<readonly number[]>();
  readonly #chart: uPlot;
  #bounds: readonly number[] = [];
  /** Shown buckets: those that had observations. */
  #first = 0;
  #last = 0;
  #most = 0;

  constructor(card: HTMLElement) {
    this.#card = card;
    this.#text = card.querySelector('.reading')!;
    const box = card.querySelector<HTMLElement>('.heat')!;
    box.setAttribute('role', 'img');
    const quiet = getComputedStyle(document.querySelector('.quiet')!).color;
    const axis = { stroke: quiet, font: '11px system-ui, sans-serif', grid: { show: false }, ticks: { show: false } };
    this.#chart = new uPlot(
      {
        width: box.clientWidth,
        height: box.clientHeight,
        legend: { show: false },
        cursor: { x: false, y: false, drag: { setScale: false, x: false, y: false } },
        axes: [
          { ...axis, size: 27, gap: 8, space: 90, values: (_plot, times) => times.map((time) => clock(time)) },
          {
            ...axis,
            size: 52,
            space: 20,
            incrs: [1, 2, 4, 8],
            values: (_plot, rows) => rows.map((row) => this.#boundText(row)),
          },
        ],
        scales: {
          // The first column begins before its reading.
          x: { range: (_plot, least, most) => [least - PACE.reading / 1000, most] },
          y: { range: () => [this.#first, this.#last + 1] },
        },
        series: [{}, { show: true, paths: () => null, points: { show: false } }],
        hooks: { draw: [(plot) => this.#draw(plot)], setCursor: [(plot) => this.#describe(plot)] },
      },
      [[], []],
      box,
    );
    new ResizeObserver(() => this.#chart.setSize({ width: box.clientWidth, height: box.clientHeight })).observe(box);
    isDark.addEventListener('change', () => this.#chart.redraw());
  }

  /** @param reading undefined if its probe did not answer in time: what was shown before pales */
  update(at: number, reading: LiveHeatmap | undefined): void {
    this.#card.classList.toggle('stale', reading === undefined);
    this.#card.title = reading === undefined ? lateText : '';
    if (reading === undefined) return;
    const { bounds, counts } = reading;
    this.#bounds = bounds;
    this.#history.add(at, counts);
    const { times, values } = this.#history;
    const used = counts.map((_, bucket) => values.some((column) => column[bucket]! > 0));
    this.#first = Math.max(0, used.indexOf(true));
    this.#last = Math.max(this.#first, used.lastIndexOf(true));
    this.#most = Math.max(1, ...values.flat());
    this.#chart.setData([times, times.map(() => this.#first)]);
    this.#describe(this.#chart);
  }

  /** The upper bound below a row of cells. */
  #boundText(row: number): string {
    if (!Number.isInteger(row) || this.#bounds.length === 0) return '';
    const bound = this.#bounds[row - 1];
    return row === 0 ? '0' : bound === undefined ? '' : durationText(bound);
  }

  #draw(plot: uPlot): void {
    const { ctx } = plot;
    // uPlot remembers what it has set.
    ctx.save();
    const { left: x, top: y, width: across, height: down } = plot.bbox;
    ctx.beginPath();
    ctx.rect(x, y, across, down);
    ctx.clip();
    const { times, values } = this.#history;
    for (const [index, at] of times.entries()) {
      const since = Math.max(times[index - 1] ?? at - PACE.reading / 1000, at - widestColumn);
      const left = plot.valToPos(since, 'x', true);
      const width = plot.valToPos(at, 'x', true) - left;
      for (let bucket = this.#first; bucket <= this.#last; bucket++) {
        const count = values[index]![bucket]!;
        if (count === 0) continue;
        ctx.fillStyle = colourOf(Math.log1p(count) / Math.log1p(this.#most));
        const bottom = plot.valToPos(bucket, 'y', true);
        const top = plot.valToPos(bucket + 1, 'y', true);
        ctx.fillRect(left, top, Math.max(1, width - 1), bottom - top - 1);
      }
    }
    ctx.restore();
  }

  /** What is under the pointer, or the newest column in words. */
  #describe(plot: uPlot): void {
    const { times, values } = this.#history;
    const { left = -1, top = -1 } = plot.cursor;
    const newest = values.at(-1);
    if (newest === undefined) return;
    if (left < 0) {
      const count = newest.reduce((sum, one) => sum + one, 0);
      this.#text.textContent =
        count === 0
          ? 'None in the last seconds'
          : `${number.format(count)} in the last seconds, ${this.#highest(newest)}`;
      this.#chart.root.parentElement!.setAttribute('aria-label', this.#text.textContent);
      return;
    }
    const time = plot.posToVal(left, 'x');
    const index = times.findIndex((at) => at >= time);
    const bucket = Math.floor(plot.posToVal(top, 'y'));
    const count = values[index]?.[bucket];
    if (count === undefined) return;
    this.#text.textContent = `${clock(times[index]!)}: ${number.format(count)} ${this.#rangeText(bucket)}`;
  }

  #highest(column: readonly number[]): string {
    const bucket = column.findLastIndex((count) => count > 0);
    return `the longest ${this.#rangeText(bucket)}`;
  }

  #rangeText(bucket: number): string {
    const [low = 0, high] = [this.#bounds[bucket - 1], this.#bounds[bucket]];
    if (high === undefined) return `above ${durationText(low)}`;
    return low === 0 ? `up to ${durationText(high)}` : `from ${durationText(low)} to ${durationText(high)}`;
  }
}

/** Lightness is linear in the share: equal steps look equal. The most stand out from the page in both themes. */
function colourOf(share: number): string {
  const lightness = isDark.matches ? 0.3 + 0.55 * share : 0.93 - 0.53 * share;
  return `oklch(${lightness.toFixed(3)} ${(0.05 + 0.12 * share).toFixed(3)} 25)`;
}

function clock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB');
}
