import { describe, expect, test } from 'vitest';
import { load, probeOf } from './configuration_folder.js';

/** The budget of the exporter and of probe p, whose file has the line `own`. */
function budgets(main: string, own = ''): unknown[] {
  const { budget, probes } = load({ 'main.yaml': main, 'probes/p.yaml': `${probeOf({})}${own}` });
  return [budget, probes[0]!.spec.budget];
}

describe('a budget', () => {
  test.each<[main: string, own: string, whole: unknown, probe: unknown]>([
    ['probes: [p]', '', { share: 0.03, action: 'warn' }, undefined],
    ['probes: [p]\nbudget: none', '', undefined, undefined],
    ['probes: [p]\nbudget: { percent_of_one_cpu: 0.5 }', '', { share: 0.005, action: 'warn' }, undefined],
    ['probes: [p]\nbudget: { action: suspend }', '', { share: 0.03, action: 'suspend' }, undefined],
    ['probes: [p]', 'budget: none', { share: 0.03, action: 'warn' }, 'none'],
    ['probes: [{ probe: p, budget: none }]', '', { share: 0.03, action: 'warn' }, 'none'],
    [
      'probes: [{ probe: p, budget: { percent_of_one_cpu: 50 } }]\nbudget: { action: suspend }',
      'budget: none',
      { share: 0.03, action: 'suspend' },
      { share: 0.5, action: 'suspend' },
    ],
    ['probes: [p]\nbudget: none', 'budget: { percent_of_one_cpu: 1 }', undefined, { share: 0.01, action: 'warn' }],
    [
      'probes: [p]\nbudget: { action: suspend }',
      'budget: { percent_of_one_cpu: 1, action: warn }',
      { share: 0.03, action: 'suspend' },
      { share: 0.01, action: 'warn' },
    ],
  ])('%j, in the probe file %j', (main, own, whole, probe) => {
    expect(budgets(main, own)).toEqual([whole, probe]);
  });
});
