import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { files } from '../../../alerts/src/index.js';
import { loadParameters, shippedParameters } from '../../../alerts/src/parameter_file.js';
import { resampled } from '../../alerts/resampled.js';
import { repository, stems } from '../../alerts/rule_files.js';
import { needs } from '../../harness/requirements.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

function promtool(...words: string[]): string {
  return execFileSync('promtool', words, { encoding: 'utf8', stdio: 'pipe' });
}

/** Writes the rules that a change of parameters gives. @returns the folder whose `tests` lies beside its `rules` */
function generate(name: string, ...changes: string[]): string {
  const place = join(folder, name);
  mkdirSync(join(place, 'rules'), { recursive: true });
  mkdirSync(join(place, 'tests'));
  const parameters = loadParameters(shippedParameters, changes);
  for (const [file, text] of files(parameters)) writeFileSync(join(place, 'rules', file), text);
  return place;
}

function runTests(place: string, stem: string, interval: number, rename?: (series: string) => string): string {
  const shipped = readFileSync(join(repository, `alerts/tests/${stem}.test.yaml`), 'utf8');
  const file = join(place, `tests/${stem}.test.yaml`);
  writeFileSync(file, resampled(shipped, interval, rename));
  return promtool('test', 'rules', file);
}

describe.each([30, 60])('rules for a scrape interval of %i s', needs({ commands: ['promtool'] }), (interval) => {
  const place = generate(`${interval}s`, `interval=${interval}s`);

  test('have no warnings', () => {
    const written = stems('alerts/rules', '.yaml').map((stem) => join(place, `rules/${stem}.yaml`));
    expect(promtool('check', 'rules', '--lint-fatal', ...written)).not.toMatch(/FAILED|duplicate/);
  });

  test.each(stems('alerts/tests', '.test.yaml'))('pass the tests of %s', { timeout: 60_000 }, (stem) => {
    expect(runTests(place, stem, interval)).toContain('SUCCESS');
  });
});

describe('rules for another metric prefix', needs({ commands: ['promtool'] }), () => {
  const place = generate('prefix', 'metric_prefix=node_bpf_');
  const renamed = (series: string) =>
    series.replace(
      /^santabpf_(?!build_info|probe_state|program_|map_|lost_|series|decode_|scrape_|config_)/,
      'node_bpf_',
    );

  test.each(['cpu_high', 'crash_loop', 'tcp_trouble', 'watcher_blind'])('pass the tests of %s', (stem) => {
    expect(runTests(place, stem, 15, renamed)).toContain('SUCCESS');
  });
});
