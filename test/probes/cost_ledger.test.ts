import { describe, expect, test } from 'vitest';
import { CostLedger } from '../../src/probes/cost_ledger.js';
import { probeStatus } from '../harness/probe_statuses.js';

type Cost = number | 'unknown';

/** A probe with one program. */
function probe(name: string, runSeconds: Cost, entrySeconds: Cost = 0, section = 'tp_btf/sys_exit') {
  const [program] = probeStatus().programs;
  return probeStatus({ name, programs: [{ ...program!, section, runSeconds, entrySeconds }] });
}

describe('a ledger of costs', () => {
  test('adds up run time and entry cost since the first record', () => {
    const ledger = new CostLedger();
    ledger.record([probe('a', 10, 5), probe('b', 0)]);
    expect([ledger.ofProbe('a'), ledger.inEvents]).toEqual([0, 0]);
    ledger.record([probe('a', 11, 5.5), probe('b', 2)]);
    expect([ledger.ofProbe('a'), ledger.ofProbe('b'), ledger.inEvents]).toEqual([1.5, 2, 3.5]);
  });

  test('adds what the reading of records took to its probe: it is part of the CPU time of the process', () => {
    const ledger = new CostLedger();
    const read = (seconds: number) =>
      probeStatus({ name: 'a', programs: [], events: [{ buffer: 'ring', records: 1, malformed: 0, seconds }] });
    ledger.record([read(1)]);
    ledger.record([read(1.25)]);
    expect([ledger.ofProbe('a'), ledger.inEvents]).toEqual([0.25, 0]);
  });

  test('goes on when a probe is loaded anew, is absent or ends', () => {
    const ledger = new CostLedger();
    ledger.record([probe('a', 10)]);
    ledger.record([probe('a', 14)]);
    ledger.record([probe('a', 1)]);
    expect(ledger.ofProbe('a')).toBe(5);
    ledger.record([]);
    ledger.record([probe('a', 2)]);
    expect([ledger.ofProbe('a'), ledger.inEvents]).toEqual([6, 6]);
  });

  test.each<[Cost, Cost]>([
    ['unknown', 1],
    [1, 'unknown'],
  ])('counts a program from the moment its cost is known: run %s, entry %s', (run, entry) => {
    const ledger = new CostLedger();
    ledger.record([probe('a', run, entry)]);
    ledger.record([probe('a', 100, 50)]);
    expect(ledger.ofProbe('a')).toBe(0);
    ledger.record([probe('a', 101, 50)]);
    expect(ledger.ofProbe('a')).toBe(1);
  });

  test('has iterators in the cost of their probe, and not in that of events', () => {
    const ledger = new CostLedger();
    ledger.record([probe('a', 0, 0, 'iter/task')]);
    ledger.record([probe('a', 3, 0, 'iter/task')]);
    expect([ledger.ofProbe('a'), ledger.inEvents]).toEqual([3, 0]);
  });

  test('tells programs of one name in two probes apart', () => {
    const ledger = new CostLedger();
    ledger.record([probe('a', 1), probe('b', 100)]);
    ledger.record([probe('a', 2), probe('b', 101)]);
    expect([ledger.ofProbe('a'), ledger.ofProbe('b')]).toEqual([1, 1]);
  });
});
