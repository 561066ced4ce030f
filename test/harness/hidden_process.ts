import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { fixtureObject } from './fixture_objects.js';
import { lookup } from './map_entries.js';
import { addon, numberAt, u32 } from './native_addon.js';

const TIMEOUT_MS = 2000;

/**
 * Some hosted machines hide process 1 from BPF: while it is on a CPU, no BPF program runs there, not even in interrupts.
 * Interrupts also complete the work of other processes, so counts from interrupts can then be slightly too low.
 * @returns the largest share of events that may be missing: 0 if BPF sees process 1
 */
export async function unseenShare(): Promise<number> {
  const object = new addon.BpfObject(fixtureObject('first_process'));
  try {
    await object.load();
    object.attach('count_calls');
    const before = switchesOfFirstProcess();
    const deadline = Date.now() + TIMEOUT_MS;
    while (Date.now() < deadline) {
      // Process 1 wakes up to reap the orphan.
      spawnSync('sh', ['-c', '(sleep 0.01 &)']);
      await sleep(50);
      const calls = numberAt(lookup(object.map('.bss'), u32(0)) ?? new Uint8Array(8));
      if (calls > 0) return 0;
      if (switchesOfFirstProcess() > before + 3) return 0.01;
    }
    return 0;
  } finally {
    object.close();
  }
}

/** Voluntary context switches of process 1's threads. Each happens in a system call. */
function switchesOfFirstProcess(): number {
  let sum = 0;
  for (const thread of readdirSync('/proc/1/task')) {
    const status = readFileSync(`/proc/1/task/${thread}/status`, 'utf8');
    sum += Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(status)?.[1] ?? 0);
  }
  return sum;
}

/** Expects `actual` to be `expected`, minus at most the share `unseen`. */
export function expectSeen(actual: number, expected: number, unseen: number): void {
  expect(actual).toBeLessThanOrEqual(expected);
  expect(actual).toBeGreaterThanOrEqual(expected - Math.ceil(expected * unseen));
}
