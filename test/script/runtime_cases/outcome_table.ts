/** The outcomes of runtime cases by file, as a table in Markdown. */
import type { Verdict } from './case_run.js';

export interface JudgedCase {
  readonly suite: string;
  readonly name: string;
  readonly verdict: Verdict;
}

export function outcomeTable(cases: readonly JudgedCase[]): string {
  const suites = [...new Set(cases.map(({ suite }) => suite))];
  const rows = suites.map((suite) =>
    row(
      suite,
      cases.filter((each) => each.suite === suite),
    ),
  );
  return [
    '| File | Passed | Failed | Not applicable | Why not |',
    '|---|---|---|---|---|',
    ...rows,
    row('all', cases),
  ].join('\n');
}

/** The part of the applicable cases that passed, from 0 to 1. */
export function passedPart(cases: readonly JudgedCase[]): number {
  const passed = count(cases, 'passed');
  return passed / Math.max(1, passed + count(cases, 'failed'));
}

const count = (cases: readonly JudgedCase[], outcome: Verdict['outcome']) =>
  cases.filter(({ verdict }) => verdict.outcome === outcome).length;

function row(title: string, cases: readonly JudgedCase[]): string {
  const reasons = new Map<string, number>();
  for (const { verdict } of cases) {
    if (verdict.outcome !== 'not applicable') continue;
    const reason = verdict.reason.replace(/:.*/s, '');
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const why = [...reasons]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([reason, number]) => `${reason} (${number})`)
    .join(', ');
  const numbers = (['passed', 'failed', 'not applicable'] as const).map((outcome) => count(cases, outcome));
  return `| \`${title}\` | ${numbers.join(' | ')} | ${title === 'all' ? '' : why} |`;
}
