import { expect, test } from 'vitest';
import { load, probeOf } from '../config/configuration_folder.js';
import { readPage } from '../harness/markdown.js';

const page = readPage('docs/histograms.md');

test('the probe files of docs/histograms.md load', () => {
  const files = page.blocks.filter(({ language }) => language === 'yaml');
  const names = files.map(({ file }) => /^histograms\/(\w+)\.yaml$/.exec(file!)![1]!);
  const main = `probes: [${names.join(', ')}]\n`;
  const probes = Object.fromEntries(files.map(({ text }, index) => [`probes/${names[index]}.yaml`, text]));
  expect(load({ 'main.yaml': main, ...probes }).probes.map(({ spec }) => spec.probe)).toEqual(names);
});

/** Each row of "Which setting" with a whole setting. */
const rows = [...page.text.matchAll(/^\| .* \| (?:`unit: (\w+)`, )?`buckets: (\{ [^.`]* \})` \|$/gm)];

test.each(rows.map(([, unit, buckets]) => [unit, buckets] as const))(
  'unit %s, buckets: %s is valid',
  (unit, buckets) => {
    const name = unit === undefined ? 'things' : ['us', 'ns'].includes(unit) ? 'things_seconds' : 'things_bytes';
    const probe = probeOf({ name, type: 'histogram', unit, buckets });
    expect(load({ 'main.yaml': 'probes: [p]\n', 'probes/p.yaml': probe }).probes).toHaveLength(1);
  },
);

test('docs/histograms.md has rows with settings', () => {
  expect(rows).toHaveLength(9);
});
