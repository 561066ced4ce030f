/** The intervals of histograms, as bpftrace writes them. */
import type { Aggregation } from '../../../src/script/check/map_table.js';

type Histogram = Extract<Aggregation, { kind: 'hist' | 'lhist' }>;

const barWidth = 52;

/** One line for each slot from the first that counts something to the last. */
export function histogramText(histogram: Histogram, slots: readonly bigint[]): string {
  const first = slots.findIndex((count) => count > 0n);
  const last = slots.findLastIndex((count) => count > 0n);
  if (first < 0) return '';
  const most = slots.reduce((max, count) => (count > max ? count : max), 0n);
  return slots
    .slice(first, last + 1)
    .map((count, index) => {
      const bar = '@'.repeat(Number((count * BigInt(barWidth)) / most));
      return `${interval(histogram, first + index, slots.length).padEnd(16)}${String(count).padStart(8)} |${bar.padEnd(barWidth)}|\n`;
    })
    .join('');
}

function interval(histogram: Histogram, slot: number, slots: number): string {
  if (histogram.kind === 'lhist') {
    const { min, max, step } = histogram;
    if (slot === 0) return `(..., ${short(min)})`;
    if (slot === slots - 1) return `[${short(max)}, ...)`;
    const start = min + BigInt(slot - 1) * step;
    return `[${short(start)}, ${short(start + step)})`;
  }
  if (slot === 0) return '(..., 0)';
  const intervals = 1n << BigInt(histogram.bits);
  const index = BigInt(slot - 1);
  if (index < intervals) return `[${index}]`;
  const order = index / intervals - 1n;
  const start = (intervals + (index % intervals)) << order;
  const end = start + (1n << order);
  return end - start === 1n ? `[${start}]` : `[${short(start)}, ${short(end)})`;
}

/** 1024 is 1K. */
function short(value: bigint): string {
  const units = ['', 'K', 'M', 'G', 'T', 'P', 'E'];
  let unit = 0;
  let rest = value;
  while (rest !== 0n && rest % 1024n === 0n && unit < units.length - 1) {
    rest /= 1024n;
    unit++;
  }
  return `${rest}${units[unit]}`;
}
