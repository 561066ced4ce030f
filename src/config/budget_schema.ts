/** Budgets: how much CPU time the exporter and its probes may cost the host. */
import { z } from 'zod';
import { mapping } from './mapping_schema.js';
import { mustBe } from './sentences.js';

const none = (what: string) => z.literal('none', { error: mustBe(what) });
const percentError = mustBe('a number from 0.01 to 10000');
const percent = z.number({ error: percentError }).min(0.01, percentError).max(10_000, percentError);
const action = z.enum(['warn', 'suspend'], { error: mustBe('warn or suspend') });

const whole = 'none, or a mapping such as { percent_of_one_cpu: 3, action: warn }';
/** Of the exporter and all its probes. */
export const budget = z
  .union([none(whole), mapping({ percent_of_one_cpu: percent.default(3), action: action.default('warn') }, whole)], {
    error: mustBe(whole),
  })
  .default({ percent_of_one_cpu: 3, action: 'warn' });

const own = 'none, or a mapping such as { percent_of_one_cpu: 1 }';
/** Of one probe. Without an action of its own it has that of the exporter. */
export const probeBudget = z.union(
  [none(own), mapping({ percent_of_one_cpu: percent, action: action.optional() }, own)],
  {
    error: mustBe(own),
  },
);

/** How much CPU time may be used, and what happens above that. */
export interface Budget {
  /** CPU seconds per second: 1 is one whole CPU. */
  readonly share: number;
  readonly action: 'warn' | 'suspend';
}

/**
 * The budget of one probe. Undefined: it has none of its own, and may be suspended for that of the exporter. `none`: it is never
 * suspended.
 */
export type ProbeBudget = Budget | 'none' | undefined;

/** Undefined for `none`. */
export function budgetOf(setting: z.output<typeof budget>): Budget | undefined {
  return setting === 'none' ? undefined : { share: setting.percent_of_one_cpu / 100, action: setting.action };
}

/** @param whole the budget of the exporter, whose action applies to a probe that names none */
export function probeBudgetOf(
  setting: z.output<typeof probeBudget> | undefined,
  whole: Budget | undefined,
): ProbeBudget {
  if (setting === undefined || setting === 'none') return setting;
  return { share: setting.percent_of_one_cpu / 100, action: setting.action ?? whole?.action ?? 'warn' };
}
