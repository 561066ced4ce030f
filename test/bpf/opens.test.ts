import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

describe('opens', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('opens') }, [['opens', '/dev/null']]);
  });
  afterAll(() => truth?.stop());

  test.each(['openat', 'openat2', ...(process.arch === 'x64' ? ['open', 'creat'] : [])])(
    'counts files opened with %s by command',
    async (call) => {
      const measured = await truth.measure('--comm', `gt-${call}`, 'opens', 5000, '/dev/null', call);
      expect(measured.growths('file_opens_total', { command: `gt-${call}` })).toEqual({ '': 5000 });
      expect(measured.growths('file_open_failures_total', { command: `gt-${call}` })).toEqual({});
    },
  );

  test('counts failures by command and errno', async () => {
    const errors = ['ENOENT', 'EISDIR', 'ENOTDIR', 'EEXIST', 'ELOOP', 'EBADF', 'EFAULT', 'ENAMETOOLONG'];
    const works = errors.map((error, index) => ['--comm', 'gt-failing', 'failing-open', 1000 + index, error]);
    const measured = await truth.measureAll(...works);
    expect(measured.growths('file_open_failures_total', { command: 'gt-failing' })).toEqual(
      Object.fromEntries(errors.map((error, index) => [`errno="${error}"`, 1000 + index])),
    );
    expect(measured.growths('file_opens_total', { command: 'gt-failing' })).toEqual({});
  });
});
