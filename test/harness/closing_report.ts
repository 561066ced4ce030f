import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';
import './requirements.js';

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
  /** Number of skipped tests by reason. */
  readonly reasons: Map<string, number>;
  /** Names of tests that failed once and passed on retry. */
  readonly retried: string[];
}

/** At the end of a run prints the reasons for skipped tests, the tests that passed only on retry, and one line of totals. */
export class ClosingReport implements Reporter {
  constructor(private readonly print: (line: string) => void = (line) => console.log(line)) {}

  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<unknown>): void {
    const totals: Totals = { passed: 0, failed: 0, skipped: 0, reasons: new Map(), retried: [] };
    for (const module of modules) {
      // A file that failed to load has no failed tests, but counts as a failure.
      if (module.state() === 'failed' && [...module.children.allTests('failed')].length === 0) totals.failed++;
      for (const test of module.children.allTests()) count(test, totals);
    }
    totals.failed += unhandled.length;
    for (const [reason, tests] of totals.reasons) this.print(`skipped ${tests}: ${reason}`);
    for (const name of totals.retried) this.print(`passed on retry: ${name}`);
    this.print(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  }
}

function count(test: TestCase, totals: Totals): void {
  const { state } = test.result();
  if (state === 'passed') {
    totals.passed++;
    if (test.diagnostic()?.retryCount) totals.retried.push(test.fullName);
  } else if (state === 'failed') totals.failed++;
  else {
    totals.skipped++;
    const reason = reasonOf(test);
    totals.reasons.set(reason, (totals.reasons.get(reason) ?? 0) + 1);
  }
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) return result.note;
  let place: TestCase | TestSuite | TestModule = test;
  while (place.type !== 'module') {
    const { lacks } = place.meta();
    if (lacks !== undefined) return lacks;
    place = place.parent;
  }
  return `no reason given by ${place.relativeModuleId}`;
}
