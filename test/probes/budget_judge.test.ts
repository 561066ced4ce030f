import { describe, expect, test } from 'vitest';
import type { Budget, ProbeBudget } from '../../src/config/budget_schema.js';
import { BudgetJudge, type Excess } from '../../src/probes/budget_judge.js';

interface Probe {
  /** CPU seconds per second. */
  readonly share: number;
  readonly budget?: ProbeBudget;
}

const suspending: Budget = { share: 0.03, action: 'suspend' };

/** The first verdict within so many seconds of these probes, looked at every 15 s, and when it came. */
function verdict(probes: Readonly<Record<string, Probe>>, whole: Budget | 'none' = suspending) {
  const judge = new BudgetJudge();
  for (let at = 0; at <= 300; at += 15) {
    const excess = judge.judge(1000 + at, costsAt(probes, at), whole === 'none' ? undefined : whole);
    if (excess) return { at, ...rounded(excess) };
  }
  return undefined;
}

function costsAt(probes: Readonly<Record<string, Probe>>, at: number) {
  return Object.entries(probes).map(([probe, { share, budget }]) => ({ probe, seconds: 7 + share * at, budget }));
}

function rounded(excess: Excess): Excess {
  return JSON.parse(
    JSON.stringify(excess, (_, value) => (typeof value === 'number' ? Number(value.toFixed(9)) : value)),
  );
}

describe('the budget of all probes', () => {
  test('suspends the costliest one after a minute', () => {
    expect(verdict({ a: { share: 0.01 }, b: { share: 0.02 }, c: { share: 0.015 } })).toEqual({
      at: 60,
      probe: 'b',
      share: 0.02,
      limit: 0.03,
      total: 0.045,
    });
  });

  test.each<[string, Readonly<Record<string, Probe>>, Budget | 'none']>([
    ['that is kept', { a: { share: 0.01 }, b: { share: 0.0199 } }, suspending],
    ['that only warns', { a: { share: 0.5 } }, { share: 0.03, action: 'warn' }],
    ['that there is not', { a: { share: 0.5 } }, 'none'],
    ['that only probes exceed which are never suspended', { a: { share: 0.5, budget: 'none' } }, suspending],
  ])('%s suspends nothing', (_, probes, whole) => {
    expect(verdict(probes, whole)).toBeUndefined();
  });

  test('spares a probe that is never suspended, and counts it', () => {
    const probes = { a: { share: 0.03, budget: 'none' }, b: { share: 0.001 }, idle: { share: 0 } } as const;
    expect(verdict(probes)).toMatchObject({ probe: 'b', total: 0.031 });
  });
});

describe('the budget of a probe', () => {
  const own: Budget = { share: 0.01, action: 'suspend' };

  test('suspends it, also without a budget for all', () => {
    const probes = { a: { share: 0.02, budget: own }, b: { share: 0.9 } };
    expect(verdict(probes, 'none')).toEqual({ at: 60, probe: 'a', share: 0.02, limit: 0.01 });
  });

  test('comes before that of all', () => {
    const probes = { a: { share: 0.02, budget: own }, b: { share: 0.9 } };
    expect(verdict(probes)).toMatchObject({ probe: 'a', limit: 0.01 });
  });

  test('that only warns does not suspend it', () => {
    expect(verdict({ a: { share: 0.02, budget: { ...own, action: 'warn' } } })).toBeUndefined();
  });
});

describe('a judge', () => {
  test('averages over the last minute: a burst of a second is not an excess', () => {
    const judge = new BudgetJudge();
    const looks = Array.from({ length: 9 }, (_, look) =>
      judge.judge(15 * look, [{ probe: 'a', seconds: look < 3 ? 0 : 1, budget: undefined }], suspending),
    );
    expect(looks).toEqual(Array(9).fill(undefined));
  });

  test('watches another minute after a verdict', () => {
    const judge = new BudgetJudge();
    const times: number[] = [];
    for (let at = 0; at <= 200; at += 15) {
      if (judge.judge(at, costsAt({ a: { share: 1 } }, at), suspending)) times.push(at);
    }
    expect(times).toEqual([60, 135]);
  });

  test('does not judge a probe that it has not watched for a minute', () => {
    const judge = new BudgetJudge();
    for (let at = 0; at <= 120; at += 15) {
      const costs = at < 75 ? costsAt({ a: { share: 0 } }, at) : costsAt({ a: { share: 0 }, new: { share: 1 } }, at);
      expect(judge.judge(at, costs, suspending)).toBeUndefined();
    }
  });

  test('judges what looks that came late show', () => {
    const judge = new BudgetJudge();
    judge.judge(0, costsAt({ a: { share: 0.02 } }, 0), suspending);
    expect(judge.judge(300, costsAt({ a: { share: 0.02 } }, 300), suspending)).toBeUndefined();
    expect(judge.judge(301, costsAt({ a: { share: 0.04 } }, 301), suspending)).toMatchObject({ probe: 'a' });
  });
});
