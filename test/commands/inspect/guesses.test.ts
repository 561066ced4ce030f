import { describe, expect, it } from 'vitest';
import { guessLabels } from '../../../src/commands/inspect/guessed_labels.js';
import { guessUnit, guessValues } from '../../../src/commands/inspect/guessed_values.js';
import { probeNameOf } from '../../../src/commands/inspect/proposal.js';
import type { ArrayLayout, Field, IntegerLayout, Layout, RecordLayout } from '../../../src/decode/layout.js';

const integer = (size: 1 | 2 | 4 | 8, encoding: IntegerLayout['encoding'] = 'number'): IntegerLayout => ({
  kind: 'integer',
  type: `u${size * 8}`,
  size,
  signed: false,
  encoding,
  network: false,
});
const array = (element: Layout, count: number): ArrayLayout => ({
  kind: 'array',
  type: `${element.type}[${count}]`,
  size: element.size * count,
  element,
  count,
});
function struct(fields: Readonly<Record<string, Layout>>, type = 'struct s'): RecordLayout {
  let size = 0;
  const list = Object.entries(fields).map(([name, layout]): Field => {
    const field = { name, offset: size, layout };
    size += layout.size;
    return field;
  });
  return { kind: 'struct', type, size, fields: list };
}

const text = array(integer(1, 'char'), 16);

describe('labels', () => {
  it.each([
    ['uid', integer(4), 'user'],
    ['gid', integer(4), 'group'],
    ['cgroup_id', integer(8), 'cgroup'],
    ['cgroup_id', integer(4), undefined],
    ['dev', integer(4), 'device'],
    ['ifindex', integer(4), 'ifname'],
    ['signal', integer(4), 'signal'],
    ['saddr', integer(4), 'inet'],
    ['lport', integer(2), 'port'],
    ['ip', integer(8), 'ksym'],
    ['comm', text, undefined],
    ['name', array(integer(1), 16), 'string'],
    ['addr', array(integer(1), 16), 'inet'],
    ['mac', array(integer(1), 6), 'mac'],
    ['pid', integer(4), undefined],
  ])('of %s', (name, layout, decode) => {
    expect(guessLabels(struct({ [name]: layout }), layout.size, false, 10).labels).toEqual([
      { name: name.toLowerCase(), field: name, decode },
    ]);
  });

  it('of nested fields have their path; padding has none', () => {
    const key = struct({ id: struct({ dev: integer(4), pad: integer(4) }), op: integer(1) });
    const { labels } = guessLabels(key, key.size, false, 10);
    expect(labels.map(({ name, field }) => `${name} ${field}`)).toEqual(['id_dev id.dev', 'op op']);
  });

  it('say what has none', () => {
    const union: Layout = { ...struct({ a: integer(4) }), kind: 'union' };
    const key = struct({ address: union, words: array(integer(8), 4) });
    expect(guessLabels(key, key.size, false, 10)).toEqual({
      labels: [],
      omitted: [
        { field: 'address', reason: 'it is a union: say which member' },
        { field: 'words', reason: 'it is an array' },
      ],
    });
    expect(guessLabels(undefined, 8, false, 10).omitted).toEqual([
      { field: 'the key', reason: expect.stringContaining('no type for its 8 bytes') },
    ]);
  });

  it('of an array: its index, if there is more than one', () => {
    expect(guessLabels(integer(4), 4, true, 1).labels).toEqual([]);
    expect(guessLabels(integer(4), 4, true, 2).labels).toEqual([
      { name: 'index', field: undefined, decode: undefined },
    ]);
  });

  it('never have a name that Prometheus uses itself', () => {
    expect(guessLabels(struct({ le: integer(4) }), 4, false, 10).labels[0]!.name).toBe('le_');
  });
});

describe('values', () => {
  it('are counters, which is a guess', () => {
    expect(guessValues(integer(8), 'calls')).toEqual([
      { type: 'counter', path: undefined, guesses: [expect.stringContaining('type: gauge')] },
    ]);
    expect(guessValues(integer(1), 'flags')).toEqual([]);
  });

  it('are histograms where a struct has many slots, and its sum is no metric of its own', () => {
    const value = struct({ sum: integer(8), buckets: array(integer(8), 27), calls: integer(8) });
    const found = guessValues(value, 'wait_ns');
    expect(found.map(({ type, path }) => `${type} ${path}`)).toEqual(['histogram buckets', 'counter calls']);
    expect(found[0]!.shape).toEqual({ unit: 'ns', buckets: '{ edges: floor }' });
    expect(guessValues(array(integer(8), 3), 'x')).toEqual([]);
  });

  it("are certain where the struct is the library's", () => {
    const value = struct({ d: struct({ sum: integer(8) }, 'struct time_histogram') });
    expect(guessValues(value, 'x')).toEqual([
      { type: 'histogram', path: 'd', shape: { unit: 'ns', buckets: undefined }, guesses: [] },
    ]);
  });

  it.each([
    ['wait_ns', 'ns'],
    ['latency_ms', 'ms'],
    ['bio_latency_seconds', 'us'],
    ['sizes', 'bytes'],
    ['users', undefined],
    ['business', undefined],
  ])('of %s have the unit %s', (name, unit) => {
    expect(guessUnit(name)).toBe(unit);
  });
});

it.each([
  ['/x/opensnoop.bpf.o', 'opensnoop'],
  ['tcp-states.o', 'tcp-states'],
  ['/a/9p trace.bpf.o', 'probe_9p_trace'],
])('the object %s makes the probe %s', (path, name) => {
  expect(probeNameOf(path)).toBe(name);
});
