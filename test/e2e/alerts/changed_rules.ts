import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { files } from '../../../alerts/src/index.js';
import { loadParameters, shippedParameters } from '../../../alerts/src/parameter_file.js';
import { identified, testedIdentities } from '../../alerts/identities.js';
import { resampled } from '../../alerts/resampled.js';
import { repository, stems } from '../../alerts/rule_files.js';
import { promtool } from '../../harness/promtool.js';
import { needs } from '../../harness/requirements.js';

/** Milliseconds: several files share the CPUs. */
const timeout = 240_000;

const folder = mkdtempSync(join(tmpdir(), 'santabpf-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes the rules that a change of parameters gives. @returns the folder whose `tests` lies beside its `rules` */
function generate(name: string, ...changes: string[]): string {
  const place = join(folder, name);
  mkdirSync(join(place, 'rules'), { recursive: true });
  mkdirSync(join(place, 'tests'));
  const parameters = loadParameters(shippedParameters, changes);
  for (const [file, text] of files(parameters)) writeFileSync(join(place, 'rules', file), text);
  return place;
}

const shippedTests = (stem: string) => readFileSync(join(repository, `alerts/tests/${stem}.test.yaml`), 'utf8');

function runTests(place: string, stem: string, tests: string): Promise<string> {
  const file = join(place, `tests/${stem}.test.yaml`);
  writeFileSync(file, tests);
  return promtool('test', 'rules', file);
}

/** Generates rules with other parameters, and runs the shipped tests of `chosen` files against them. */
export function describeChangedRules(chosen: readonly string[]): void {
  describe('rules for a scrape interval of 60 s', needs({ commands: ['promtool'] }), () => {
    const place = generate('60s', 'interval=60s');
    test('have no warnings', () => expectNoWarnings(place));
    test.concurrent.each(chosen)('pass the tests of %s', { timeout }, async (stem) => {
      expect(await runTests(place, stem, resampled(shippedTests(stem), 60))).toContain('SUCCESS');
    });
  });

  describe('rules for another metric prefix', needs({ commands: ['promtool'] }), () => {
    const place = generate('prefix', 'interval=60s', 'metric_prefix=node_bpf_');
    test.concurrent.each(chosen)('pass the tests of %s', { timeout }, async (stem) => {
      expect(await runTests(place, stem, resampled(shippedTests(stem), 60, renamed))).toContain('SUCCESS');
    });
  });

  describe.each(testedIdentities)('rules for the identity $setting', needs({ commands: ['promtool'] }), (identity) => {
    // At 60 s, which takes a quarter of the time.
    const place = generate(identity.setting, 'interval=60s', `identity=${identity.setting}`);
    test('have no warnings', () => expectNoWarnings(place));

    const converted = chosen.flatMap((stem) => {
      const tests = identified(resampled(shippedTests(stem), 60), identity);
      return tests === undefined ? [] : [[stem, tests] as const];
    });
    test.concurrent.each(converted)('pass the tests of %s', { timeout }, async (stem, tests) => {
      expect(await runTests(place, stem, tests)).toContain('SUCCESS');
    });
  });
}

async function expectNoWarnings(place: string): Promise<void> {
  const written = stems('alerts/rules', '.yaml').map((stem) => join(place, `rules/${stem}.yaml`));
  const said = await promtool('check', 'rules', '--lint-fatal', ...written);
  expect(said).toContain('SUCCESS');
  expect(said).not.toMatch(/FAILED|duplicate/);
}

const renamed = (series: string) =>
  series.replace(
    /^santabpf_(?!build_info|probe_state|program_|map_|lost_|series|decode_|scrape_|config_|profile_function_)/,
    'node_bpf_',
  );
