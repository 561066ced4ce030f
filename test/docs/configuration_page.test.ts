import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jsonSchemas } from '../../src/config/json_schema.js';
import { unitNames } from '../../src/config/units.js';
import { load, probeOf } from '../config/configuration_folder.js';

const page = readFileSync('docs/configuration.md', 'utf8');

test('the examples in docs/configuration.md load together', () => {
  const files: Record<string, string> = {};
  for (const [, text = ''] of page.matchAll(/```yaml\n(.*?)```/gs)) {
    const [, path = ''] = /^# (\S+\.yaml)\n/.exec(text)!;
    files[path] = text;
  }
  expect(Object.keys(files)).toEqual([
    'santabpf.yaml',
    'probes/disk_waits.yaml',
    'probes/file_opens.yaml',
    'probes/queue_lengths.yaml',
  ]);
  const main = files['santabpf.yaml']!.replace('probes:\n', 'probes:\n  - file_opens\n  - queue_lengths\n');
  const syscalls = probeOf({}).replace('probe: p', 'probe: syscalls');
  const { probes } = load({ ...files, 'main.yaml': main, 'probes/syscalls.yaml': syscalls });
  expect(probes.map(({ spec }) => spec.probe)).toEqual(['file_opens', 'queue_lengths', 'syscalls', 'disk_waits']);
});

/** The names of all settings in a JSON schema, and their enum values. */
function namesAndValues(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties, enum: values } = schema as { properties?: object; enum?: unknown };
  const own = [...Object.keys(properties ?? {}), ...(Array.isArray(values) ? values.map(String) : [])];
  return [...own, ...Object.values(schema).flatMap(namesAndValues)];
}

test('docs/configuration.md and the pages for decoders and hooks list every setting and every enum value', () => {
  const others = ['docs/decoders.md', 'docs/hooks.md'].map((path) => readFileSync(path, 'utf8')).join('\n');
  const known = new Set([
    ...Object.values(jsonSchemas()).flatMap((text) => namesAndValues(JSON.parse(text))),
    ...unitNames,
  ]);
  const missing = [...known].filter(
    (word) => !new RegExp(`[\`{ .]${word}\\b`).test(page) && !others.includes(`\`${word}\``),
  );
  expect(missing).toEqual([]);
});
