import { afterEach, describe, expect, test } from 'vitest';
import { SantaError } from '../../src/errors/fault.js';
import type { AttachRequest } from '../../src/kernel/load_request.js';
import { perfEventNumbers } from '../../src/kernel/perf_events.js';
import { HookedProbe } from '../harness/hooked_probe.js';
import { needs } from '../harness/requirements.js';

const page = 4096;

/** Page faults of this process, as the kernel counts them. */
const faults = () => process.resourceUsage().minorPageFault + process.resourceUsage().majorPageFault;

/** Touches memory that this process has not used before, and keeps it. */
function touchPages(count: number): Uint8Array {
  const memory = new Uint8Array(new SharedArrayBuffer(count * page));
  for (let at = 0; at < memory.length; at += page) memory[at] = 1;
  return memory;
}

test.each([
  ['minor-faults', { type: 1, config: 5 }],
  ['cgroup-switches', { type: 1, config: 11 }],
  ['ref-cycles', { type: 0, config: 9 }],
  // PERF_TYPE_HW_CACHE: PERF_COUNT_HW_CACHE_LL, PERF_COUNT_HW_CACHE_OP_READ, PERF_COUNT_HW_CACHE_RESULT_MISS.
  ['llc-load-misses', { type: 3, config: 0x1_00_02 }],
  ['l1-dcache-stores', { type: 3, config: 0x0_01_00 }],
  ['branch-loads', { type: 3, config: 0x0_00_05 }],
  ['r01c2', { type: 4, config: 0x1c2 }],
] as const)('%s has the numbers of the kernel', (name, numbers) => {
  expect(perfEventNumbers(name)).toEqual(numbers);
});

describe('a program that samples an event by its name', needs({ root: true, bpf: true }), () => {
  let probe: HookedProbe | undefined;
  afterEach(() => {
    probe?.close();
    probe = undefined;
  });

  const attach = async (settings: AttachRequest) => {
    probe = await HookedProbe.attach('user_hooks', { count_sampled: settings });
    return probe;
  };

  test('counts as many page faults as the kernel', async () => {
    const sampled = await attach({ event: 'page-faults', period: 1 });
    const [before, counted] = [faults(), sampled.count('count_sampled')];
    const memory = touchPages(2000);
    const [grown, after] = [sampled.count('count_sampled') - counted, faults()];
    expect(memory.length).toBe(2000 * page);
    expect(grown).toBeGreaterThan(500);
    expect(Math.abs(grown - (after - before))).toBeLessThan(100);
  });

  test('says so if the machine does not have the event', async () => {
    const error = await attach({ event: 'llc-load-misses', period: 1000 }).catch((error) => error);
    if (error instanceof SantaError) {
      expect(error.code).toBe('HOOK_MISSING');
      expect(error.message).toContain('this machine does not count the event');
    } else expect(error).toBe(probe);
  });
});
