import { band, type Section } from '../grid.js';
import { type Stat, stat, type Table, table } from '../panels/index.js';
import { rate } from '../query.js';

export interface Area {
  readonly title: string;
  /** Uid of the dashboard with the details. */
  readonly details: string;
  readonly numbers: readonly [Stat, Stat, Stat];
  /** The top of a ranking. */
  readonly top: Table;
}

/** A row of the overview: three numbers and a ranking, which lead to the details. Their runbooks are linked there. */
export function area({ title, details, numbers: [first, second, third], top }: Area): Section {
  const linked = (one: Stat) => stat({ ...one, details, runbooks: [] });
  return {
    title,
    bands: [band(6, [5, linked(first)], [5, linked(second)], [5, linked(third)], [9, table({ ...top, details })])],
  };
}

/** The five values of the labels with the highest rate now. */
export function topNow(metric: string, by: string): string {
  return `topk(5, ${rate(metric, by)} > 0)`;
}
