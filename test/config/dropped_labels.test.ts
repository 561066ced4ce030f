import { expect, test } from 'vitest';
import { load, probeOf } from './configuration_folder.js';

test('the main file drops labels of every metric of a probe', () => {
  const regex = (action: string) => `{ field: c, decode: [string, { regex: { ${action}: '^(k)' } }] }`;
  const labels = `{ plain: {}, constant: { constant: c }, kept: {}, drops: ${regex('drop')}, keeps: ${regex('keep')}, captures: ${regex('capture')} }`;
  const { probes } = load({
    'main.yaml': 'probes: [{ probe: p, labels: { drop: [plain, constant, drops, keeps, captures] } }]\n',
    'probes/p.yaml': `${probeOf({ labels })}  - { name: others_total, type: counter, help: O., map: m, labels: { other: {} } }\n`,
  });
  const [first, second] = probes[0]!.spec.metrics;
  expect(Object.entries(first!.labels).map(([name, label]) => [name, 'isDropped' in label])).toEqual([
    ['kept', false],
    ['drops', true],
    ['keeps', true],
  ]);
  expect(Object.keys(second!.labels)).toEqual(['other']);
  expect((first!.labels as Record<string, unknown>).toString).toBeUndefined();
});
