import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth, Measurement } from '../harness/ground_truth.js';
import { unseenShare } from '../harness/hidden_process.js';
import { needs } from '../harness/requirements.js';

/** A Debian account without processes. */
const uucp = '10';
/** CPU time is added when the kernel frees the process, some hundredths of a second after its exit. */
const FREED_MS = 1000;

describe('short_lived', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  let unseen = 0;
  beforeAll(async () => {
    unseen = await unseenShare();
    truth = await GroundTruth.start({ config: configFor('short_lived') }, [['jobs', '100'], ['forks']]);
  });
  afterAll(() => truth?.stop());

  async function measure(...work: (string | number)[]): Promise<Measurement> {
    const before = await truth.scrape();
    const facts = await truth.workload.perform(...work);
    await sleep(FREED_MS);
    return new Measurement([facts], before, await truth.scrape());
  }

  test.each([
    ['that do nothing', 1000, 0, 0],
    ['that take less CPU time than a tick', 300, 500, 0],
    ['that are interrupted by ticks', 30, 15_000, 0],
    ['with threads', 100, 1000, 3],
  ])(
    'counts processes %s, and the CPU time that the kernel reports to their parent',
    async (_, count, microseconds, threads) => {
      const command = `gt-jobs-${microseconds}`;
      const measured = await measure('--comm', command, 'jobs', count, microseconds, threads);
      expect(measured.growths('short_lived_processes_total', { command })).toEqual({
        [`parent="${command}",user="root"`]: count,
      });
      const told = measured.fact('cpu_nanoseconds') / 1e9;
      const seconds = measured.growth('short_lived_cpu_seconds_total', { command });
      // The kernel reports whole microseconds to the parent. Sometimes the last ones of the child are missing.
      // If events are missed, the whole CPU time of a process may be missing.
      const missed = unseen === 0 ? 0 : Math.max(2 * unseen, 2 / count);
      expect(seconds).toBeGreaterThanOrEqual(told * (1 - missed) - 1e-6 * count);
      expect(seconds).toBeLessThanOrEqual(told * 1.01 + 50e-6 * count);
    },
  );

  test('shows the user, and the command after exec', async () => {
    const program = truth.workload.named('gt-short');
    const measured = await measure('--comm', 'gt-maker', 'execs', 50, uucp, program);
    const name = /^([^:]+):[^:]*:10:/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[1] ?? uucp;
    expect(measured.growths('short_lived_processes_total', { command: 'gt-short' })).toEqual({
      [`parent="gt-maker",user="${name}"`]: 50,
    });
  });

  test('counts neither processes that live for a second nor threads', async () => {
    const asleep = await measure('--comm', 'gt-long', 'jobs', 2, 0, 0, 1001);
    expect(asleep.growths('short_lived_processes_total', { command: 'gt-long' })).toEqual({});
    expect(asleep.growths('short_lived_cpu_seconds_total', { command: 'gt-long' })).toEqual({});
    const threads = await measure('--comm', 'gt-threads', 'threads', 500);
    expect(threads.growths('short_lived_processes_total', { command: 'gt-threads' })).toEqual({});
  });
});
