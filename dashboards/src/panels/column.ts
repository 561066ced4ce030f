import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Unit, unit } from '../units.js';
import { type Step, thresholds } from './steps.js';
import { wordsFor } from './words.js';

/** A column of numbers. */
export interface Column {
  readonly title: string;
  readonly expr: string;
  readonly unit: Unit;
  readonly decimals?: number | undefined;
  /** Colours of the cells, from these values on. */
  readonly steps?: readonly Step[] | undefined;
  /** Words shown instead of these numbers. */
  readonly words?: Readonly<Record<number, string>> | undefined;
}

/** Columns by the quantity that they show. */
export const column = {
  count: (title: string, expr: string, steps?: readonly Step[]): Column => ({
    title,
    expr,
    unit: unit.digits,
    decimals: 0,
    steps,
  }),
  number: (title: string, expr: string, decimals?: number): Column => ({ title, expr, unit: unit.number, decimals }),
  share: (title: string, expr: string, decimals = 0, steps?: readonly Step[]): Column => ({
    title,
    expr,
    unit: unit.share,
    decimals,
    steps,
  }),
  perSecond: (title: string, expr: string): Column => ({ title, expr, unit: unit.perSecond }),
  bytesPerSecond: (title: string, expr: string): Column => ({ title, expr, unit: unit.bytesPerSecond }),
  bytes: (title: string, expr: string): Column => ({ title, expr, unit: unit.bytes }),
  seconds: (title: string, expr: string, steps?: readonly Step[]): Column => ({
    title,
    expr,
    unit: unit.seconds,
    steps,
  }),
  /** @param expr seconds since the epoch */
  timestamp: (title: string, expr: string): Column => ({ title, expr: `${expr} * 1000`, unit: unit.timestamp }),
  /** @param words a word for each number, e.g. `{ 0: 'down', 1: 'up' }` */
  state: (title: string, expr: string, words: Column['words'], steps?: readonly Step[]): Column => ({
    title,
    expr,
    unit: unit.number,
    words,
    steps,
  }),
};

/** The text of an empty panel is too long for a cell. */
export const emptyCell: DynamicConfigValue = { id: 'noValue', value: '–' };

/** The settings of a column, as overrides of Grafana. */
export function overridesOf(one: Column): DynamicConfigValue[] {
  const { decimals, steps, words } = one;
  const properties: DynamicConfigValue[] = [
    { id: 'unit', value: one.unit },
    emptyCell,
    { id: 'custom.width', value: widthOf(one) },
  ];
  if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals });
  if (steps) {
    properties.push(
      { id: 'thresholds', value: thresholds(steps).build() },
      { id: 'custom.displayMode', value: 'color-text' },
    );
  }
  if (words) properties.push({ id: 'mappings', value: wordsFor(words) });
  return properties;
}

/** Pixels for the numbers, and for the title with the arrow of the sort order. */
function widthOf({ title, unit: quantity }: Column): number {
  const numbers = { [unit.timestamp as string]: 170, [unit.bytesPerSecond]: 105 }[quantity] ?? 92;
  return Math.max(numbers, 48 + 7 * title.length);
}
