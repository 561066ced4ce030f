import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth, type Samples } from '../harness/ground_truth.js';
import { ModelScraper } from '../harness/model_scraper.js';
import { needs } from '../harness/requirements.js';
import type { WorkloadFacts } from '../harness/workload.js';

const attacker = 54_321;
const neighbour = 54_322;
/** Written under each made-up name: nobody else writes that much, so the names can be counted in the bytes. */
const written = 2 ** 30;
const rounds = 10;

describe('commands that make up names', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('opens', 'reads_writes', 'syscalls') });
  });
  afterAll(() => truth?.stop());

  function perform(uid: number, ...args: (string | number)[]): Promise<WorkloadFacts> {
    const run = promisify(execFile)(truth.workload.file, args.map(String), { uid, gid: uid });
    return run.then(({ stdout }) => JSON.parse(stdout) as WorkloadFacts);
  }

  const bytesOf = (samples: Samples) => Object.fromEntries(samples.values('read_write_bytes_total', {}));

  test.each([
    ['the same names again and again', 9000],
    ['new names only', 10 ** 9],
  ])(
    'hide nobody else, and lose no count: %s',
    async (title, names) => {
      const prefix = names === 9000 ? 'same-' : 'new-';
      const scraper = new ModelScraper();
      scraper.scrape(bytesOf(await truth.scrape()));
      const before = scraper.total;
      const attack = perform(attacker, 'names', 9000 * rounds, prefix, names, 9000, written);
      for (let round = 0; round < rounds; round++) {
        await new Promise((resolve) => setTimeout(resolve, 900));
        const command = `${prefix}victim-${round}`;
        await perform(neighbour, 'names', 3, command);
        const samples = await truth.scrape();
        scraper.scrape(bytesOf(samples));
        const named = (metric: string) => Object.fromEntries(samples.values(metric, { command }));
        const where = `${title}, scrape ${round}`;
        expect.soft(named('file_opens_total'), where).toEqual({ '': 3 });
        expect.soft(named('file_open_failures_total'), where).toMatchObject({ 'errno="ENOENT"': 3 });
        expect.soft(named('read_write_bytes_total'), where).toEqual({ 'operation="read"': 3, 'operation="write"': 3 });
        expect.soft(samples.values('refused_syscalls_total', { command }).size, where).toBe(1);
      }
      const { count } = await attack;
      scraper.scrape(bytesOf(await truth.scrape()));
      expect(Math.floor((scraper.total - before) / written)).toBe(count);
      const after = await truth.scrape();
      for (const metric of ['file_opens_total', 'read_write_bytes_total', 'refused_syscalls_total']) {
        expect(after.values(metric, {}).size, metric).toBeLessThanOrEqual(2001);
      }
    },
    60_000,
  );

  test('leave the next command named when they have ended', async () => {
    const measured = await truth.measure('--comm', 'gt-next', 'opens', 500, '/dev/null');
    expect(measured.growths('file_opens_total', { command: 'gt-next' })).toEqual({ '': 500 });
  });
});
