import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isIterator } from '../../../src/kernel/program_section.js';
import { configFor, type RunningExporter, startExporter } from '../../harness/exporter.js';
import { GroundTruth, Samples } from '../../harness/ground_truth.js';
import { addon } from '../../harness/native_addon.js';
import { repository } from '../../harness/reachable_copy.js';
import { needs } from '../../harness/requirements.js';

describe('the runs of a program', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('syscalls') });
  });
  afterAll(() => truth?.stop());

  test('are counted exactly, also in a burst that no window of the run statistics sees', async () => {
    const time = async () =>
      (await truth.scrape()).values('program_run_seconds_total', { program: 'dispatch_call' }).size;
    await expect.poll(time, { timeout: 5000 }).toBe(1);
    const measured = await truth.measure('getppid', 1_000_000);
    const runs = measured.growth('program_runs_total', { program: 'dispatch_call' });
    const calls = measured.growth('syscalls_total', {});
    expect(runs).toBeGreaterThanOrEqual(1_000_000);
    // Both are read within one scrape, but not at the same moment: the noise makes calls between them.
    expect(Math.abs(runs - calls) / calls).toBeLessThan(0.1);
    const seconds = measured.growth('program_run_seconds_total', { program: 'dispatch_call' });
    expect(seconds / runs).toBeGreaterThan(5e-9);
    expect(seconds).toBeLessThan(measured.fact('nanoseconds') / 1e9);
  });
});

describe('without CAP_SYS_ADMIN', needs({ root: true, bpf: true, commands: ['setpriv'] }), () => {
  let exporter: RunningExporter;
  beforeAll(async () => {
    const only = '-all,+bpf,+perfmon,+dac_read_search';
    exporter = await startExporter({
      config: configFor('syscalls', 'blocked_tasks', 'oom_kills'),
      wrapper: ['setpriv', '--inh-caps', only, '--bounding-set', only, '--ambient-caps', only],
    });
  });
  afterAll(() => exporter?.stop());

  test('the runs are known and their time is unknown, not 0', async () => {
    await exporter.get('/metrics');
    const samples = new Samples(await exporter.get('/metrics', { accept: 'text/plain' }));
    const runs = samples.values('program_runs_total', { probe: 'syscalls' });
    const seconds = samples.values('program_run_seconds_total');
    expect([...runs.values()][0]).toBeGreaterThan(0);
    // Iterators are measured in another way, and what never ran took no time.
    expect([...seconds].filter(([series]) => series.includes('"syscalls"'))).toEqual([]);
    expect([...seconds].some(([series, value]) => series.includes('"blocked_tasks"') && value > 0)).toBe(true);
    const { probes } = JSON.parse(await exporter.get('/probes')) as {
      probes: { name: string; programs: { runs: unknown; runSeconds: unknown; cpuShare: unknown }[] }[];
    };
    const [program] = probes.find(({ name }) => name === 'syscalls')!.programs;
    expect(program).toMatchObject({ runs: expect.any(Number), runSeconds: 'unknown', cpuShare: 'unknown' });
    expect(await exporter.get('/')).toMatch(
      /CPU used by probes<\/dt><dd>[^<]+%<\/dd><dd>of one CPU; [12] probes? (?:is|are) not measured</,
    );
  });
});

test('every shipped program counts its runs, except those that the exporter runs itself', () => {
  const folder = join(repository, 'dist/bpf');
  const uncounted = readdirSync(folder)
    // The programs of hook_kinds.bpf.c are attached for a moment only.
    .filter((file) => file.endsWith('.bpf.o') && file !== 'hook_kinds.bpf.o')
    .flatMap((file) => {
      const object = new addon.BpfObject(join(folder, file));
      const maps = new Set(object.maps().map(({ name }) => name));
      const programs = object.programs().filter(({ section }) => !isIterator(section));
      object.close();
      return programs.filter(({ name }) => !maps.has(`runs_of_${name}`)).map(({ name }) => `${file} ${name}`);
    });
  expect(uncounted).toEqual([]);
});
