import { describe, expect, test } from 'vitest';
import type { LabelSpec, MetricSpec } from '../../src/config/probe_schema.js';
import { shownIdentity, withoutUnreadCgroup } from '../../src/decode/identity.js';
import type { ArrayLayout, Field, IntegerLayout, RecordLayout } from '../../src/decode/layout.js';
import type { MapDescription } from '../../src/decode/map_description.js';

const integer = (size: 1 | 4 | 8): IntegerLayout => ({
  kind: 'integer',
  type: `__u${size * 8}`,
  size,
  signed: false,
  encoding: 'number',
  network: false,
});
const text: ArrayLayout = { kind: 'array', type: 'char[16]', size: 16, element: integer(1), count: 16 };
const struct = (type: string, size: number, ...fields: Field[]): RecordLayout => ({
  kind: 'struct',
  type,
  size,
  fields,
});
const field = (name: string, offset: number, layout: Field['layout']): Field => ({ name, offset, layout });

const command = struct('struct command', 16, field('name', 0, text));
const who = struct('struct who', 24, field('command', 0, command), field('cgroup', 16, integer(8)));
const plain = { name: 'm', type: 'hash', keySize: 24, valueSize: 8, key: who, value: integer(8) } as const;

const label = (path: string | undefined, from: 'key' | 'value' = 'key'): LabelSpec => ({
  from,
  ...(path && { field: path }),
});

function metricOf(labels: readonly LabelSpec[], map = 'm'): MetricSpec {
  return {
    name: 'n_total',
    type: 'counter',
    help: 'H.',
    map,
    limit: 1,
    labels: Object.fromEntries(labels.map((one, index) => [`l${index}`, one])),
  };
}

const shown = (labels: readonly LabelSpec[], map: MapDescription = plain) =>
  shownIdentity([metricOf(labels)], new Map([['m', map]]));
const keySizeOf = (labels: readonly LabelSpec[], map: MapDescription = plain) =>
  withoutUnreadCgroup([metricOf(labels)], new Map([['m', map]])).get('m')?.keySize;

describe('shownIdentity', () => {
  test.each<[string | undefined, boolean, boolean]>([
    ['command.name', true, false],
    ['command.name[0]', true, false],
    ['cgroup', false, true],
    ['nothing', false, false],
    ['command.nothing', true, false],
    ['cgroup[0]', false, true],
    [undefined, false, false],
  ])('of a label with the field %s', (path, command, cgroup) => {
    expect(shown([label(path)])).toEqual({ command, cgroup });
  });

  test('of a key that is a command, of a value, and of several labels', () => {
    expect(shown([label('name')], { ...plain, key: command })).toEqual({ command: true, cgroup: false });
    const inValue = { ...plain, key: integer(8), value: struct('struct v', 24, field('server', 0, who)) };
    expect(shown([label('server.cgroup', 'value')], inValue)).toEqual({ command: false, cgroup: true });
    expect(shown([label('command.name'), label('cgroup')])).toEqual({ command: true, cgroup: true });
    expect(shown([{ constant: 'cgroup' }])).toEqual({ command: false, cgroup: false });
    expect(shownIdentity([metricOf([label('cgroup')], 'missing')], new Map())).toEqual({
      command: false,
      cgroup: false,
    });
  });

  test('takes no other field for a cgroup', () => {
    const short = struct('struct k', 20, field('command', 0, command), field('cgroup', 16, integer(4)));
    expect(shown([label('cgroup')], { ...plain, keySize: 20, key: short }).cgroup).toBe(false);
    expect(shown([label('cgroup')], { ...plain, key: struct('struct k', 16, field('cgroup', 0, text)) }).cgroup).toBe(
      false,
    );
  });
});

describe('withoutUnreadCgroup', () => {
  test('ends a key before the cgroup that no label reads', () => {
    expect(keySizeOf([label('command.name')])).toBe(16);
    expect(keySizeOf([])).toBe(16);
    expect(keySizeOf([label('cgroup')])).toBeUndefined();
    expect(keySizeOf([{ from: 'key', field: 'cgroup', isDropped: true }])).toBeUndefined();
    const short = withoutUnreadCgroup([], new Map([['m', plain]])).get('m')!;
    expect([short.key?.size, short.valueSize]).toEqual([16, 8]);
  });

  test('looks at all metrics of a map, and at each map by itself', () => {
    const maps = new Map<string, MapDescription>([
      ['m', plain],
      ['n', { ...plain, name: 'n' }],
    ]);
    const metrics = [metricOf([label('command.name')]), metricOf([label('cgroup')]), metricOf([], 'n')];
    expect([...withoutUnreadCgroup(metrics, maps).keys()]).toEqual(['n']);
  });

  test('leaves other keys alone', () => {
    const only = struct('struct k', 8, field('cgroup', 0, integer(8)));
    const first = struct('struct k', 24, field('cgroup', 0, integer(8)), field('command', 8, command));
    expect(keySizeOf([], { ...plain, keySize: 8, key: only })).toBeUndefined();
    expect(keySizeOf([], { ...plain, key: first })).toBeUndefined();
    expect(keySizeOf([], { ...plain, key: command })).toBeUndefined();
    expect(keySizeOf([], { ...plain, type: 'array', keySize: 4, key: integer(4) })).toBeUndefined();
    expect(keySizeOf([], { ...plain, type: 'task_storage' })).toBeUndefined();
    const { key: _, ...untyped } = plain;
    expect(keySizeOf([], untyped)).toBeUndefined();
  });
});
