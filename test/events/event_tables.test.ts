import { describe, expect, test } from 'vitest';
import type { StreamSpec } from '../../src/config/event_schema.js';
import type { MetricSpec } from '../../src/config/probe_schema.js';
import { parseBtf } from '../../src/decode/btf/parser.js';
import type { MapDescription } from '../../src/decode/map_description.js';
import { bindMetrics } from '../../src/decode/metric_binding.js';
import { Faults } from '../../src/errors/fault.js';
import { describeEvents } from '../../src/events/event_tables.js';
import { BtfBuilder } from '../decode/btf_builder.js';
import { FakeContext } from '../decode/probe_context.js';

/** struct event { u64 value; s32 result; enum kind kind; char comm[16]; u32 low : 3, high : 5; u64 many[100]; char tail[]; } */
function btf() {
  const types = new BtfBuilder();
  const u64 = types.int('unsigned long long', 8);
  const s32 = types.int('int', 4, 1);
  const u32 = types.int('unsigned int', 4);
  const char = types.int('char', 1, 1);
  const array = (type: number, count: number) => types.type(3, { tail: [type, u32, count] });
  const kind = types.type(6, {
    name: 'kind',
    size: 4,
    length: 2,
    tail: [types.text('OPENED'), 0, types.text('CLOSED'), 1],
  });
  types.struct(
    'event',
    840,
    [
      ['value', u64, 0],
      ['result', s32, 64],
      ['kind', kind, 96],
      ['comm', array(char, 16), 128],
      ['low', u32, (3 << 24) | 256],
      ['high', u32, (5 << 24) | 259],
      ['many', array(u64, 100), 320],
      ['tail', array(char, 0), 6720],
    ],
    true,
  );
  types.struct('sock', 8, [['state', s32, 0]]);
  return parseBtf(types.bytes());
}

const map = (name: string, type: string): [string, MapDescription] => [name, { name, type, keySize: 4, valueSize: 4 }];
const maps = new Map([map('ring', 'ringbuf'), map('perf', 'perf_event_array'), map('counts', 'hash')]);
const stream = (changes: Partial<StreamSpec> = {}): StreamSpec => ({
  buffer: 'ring',
  type: 'event',
  where: [],
  maxEntries: 100,
  pages: 8,
  ...changes,
});
const metric = (changes: Partial<MetricSpec> = {}): MetricSpec => ({
  name: 'events_total',
  type: 'counter',
  help: 'Events.',
  map: 's',
  events: 's',
  labels: {},
  limit: 100,
  ...changes,
});
const label = (field: string) => ({ from: 'key', field }) as const;

function bind(spec: StreamSpec, metrics: readonly MetricSpec[] = [metric()], name = 's') {
  const described = describeEvents({ events: { [name]: spec }, metrics }, btf(), maps, () => undefined);
  const all = new Map([...maps, ...described.tables.map((table) => [table.name, table] as const)]);
  const context = new FakeContext();
  try {
    const named = { probe: 'p', summary: '', constants: {}, maps: {}, events: {}, budget: undefined, metrics };
    return { ...described, bindings: bindMetrics(named, all, context, () => undefined) };
  } finally {
    context.remove();
  }
}

function refused(...parameters: Parameters<typeof bind>): string[] {
  try {
    bind(...parameters);
  } catch (error) {
    if (error instanceof Faults) return error.faults.map(({ message, remedy }) => `${message}. ${remedy}`);
    throw error;
  }
  return [];
}

describe('streams of events', () => {
  test('share keys and numbers between their metrics', () => {
    const { buffers, bindings } = bind(stream(), [
      metric({ labels: { command: label('comm'), high: label('high') } }),
      metric({ name: 'values_total', value: 'value', labels: { command: label('comm') } }),
      metric({ name: 'again_total', value: 'value' }),
      metric({ name: 'sizes', type: 'histogram', value: 'value', buckets: { kind: 'bounds', bounds: [1, 2] } }),
    ]);
    expect(buffers[0]!.streams).toEqual([{ name: 's', other: 's_other', keySize: 17, valueSize: 48, maxEntries: 100 }]);
    const key = Buffer.concat([Buffer.from('bash\0garbage\0\0\0\0'), Buffer.of(0b10101_011)]);
    expect(bindings.map(({ labels }) => labels.decode(key))).toEqual([['bash', '21'], ['bash'], [], []]);
    expect(bindings.map(({ value }) => value)).toEqual([
      { kind: 'number', field: { offset: 0, size: 8, signed: false } },
      { kind: 'number', field: { offset: 8, size: 8, signed: false } },
      { kind: 'number', field: { offset: 8, size: 8, signed: false } },
      {
        kind: 'histogram',
        field: { buckets: { offset: 16, count: 3, size: 8 }, sum: { offset: 40, size: 8, signed: false } },
      },
    ]);
  });

  test('that no metric reads are checked, and not counted', () => {
    expect(bind(stream({ buffer: 'perf' }), []).buffers).toEqual([]);
    expect(refused(stream({ buffer: 'pref' }), [])).toHaveLength(1);
  });

  test('have tables of at most 64 MiB', () => {
    const { buffers } = bind(stream({ maxEntries: 1_000_000 }), [metric({ labels: { tail: label('tail') } })]);
    expect(buffers[0]!.streams[0]!.maxEntries).toBe(Math.floor((64 * 2 ** 20) / (256 + 8)));
  });

  test.each<[string, Parameters<typeof bind>, string]>([
    [
      'an unknown buffer',
      [stream({ buffer: 'rings' })],
      'The object has no map "rings"; it has ring, perf. Did you mean "ring"?',
    ],
    [
      'a map as buffer',
      [stream({ buffer: 'counts' })],
      'Events "s" cannot be read from map "counts" of type hash. Ring buffers and perf buffers have records: name ring or perf.',
    ],
    [
      'an unknown struct',
      [stream({ type: 'evnt' })],
      'The object has no struct "evnt" for the records of events "s"; it has event, sock. Did you mean "event"?',
    ],
    [
      'the name of a map',
      [stream(), [metric({ map: 'counts', events: 'counts' })], 'counts'],
      'Events "counts" have the name of a map of the object. Rename the stream: metrics and their labels must tell it from the map.',
    ],
    [
      'an unknown field',
      [stream(), [metric({ labels: { c: label('com') } })]],
      'The record of events "s" (struct event) has no field "com"; it has value (unsigned long long), result (int), kind (enum kind), comm (char[16]), low (unsigned int:3), high (unsigned int:5), many (unsigned long long[100]), tail (char[0]). Did you mean "comm"?',
    ],
    [
      'a label of many bytes',
      [stream(), [metric({ labels: { m: label('many') } })]],
      'A label of events must be a field of at most 256 bytes, or text: field "many" of the record of events "s" is an array (unsigned long long[100]). Name another field, or change the type in the BPF program; types come from the BTF of the object.',
    ],
    [
      'a sum of text',
      [stream(), [metric({ value: 'comm' })]],
      'The value of counter "events_total" must be an integer of at most 8 bytes: field "comm" of the record of events "s" is an array (char[16]). Name another field, or change the type in the BPF program; types come from the BTF of the object.',
    ],
    [
      'a number as text',
      [stream({ where: [{ field: 'comm', in: [1] }] })],
      'Condition "in" must be text, because field "comm" of the record of events "s" is an array (char[16]). Correct the value, or name another field; types come from the BTF of the object.',
    ],
    [
      'a number out of range',
      [stream({ where: [{ field: 'high', in: [32] }] })],
      'Condition "in" must be from 0 to 31, because field "high" of the record of events "s" is a bitfield of 5 bits (unsigned int). Correct the value, or name another field; types come from the BTF of the object.',
    ],
    [
      'an unknown enumerator',
      [stream({ where: [{ field: 'kind', not: ['OPEN'] }] })],
      'Condition "not" must be a whole number or a name of the enum (OPENED, CLOSED), because field "kind" of the record of events "s" is an enum (enum kind). Correct the value, or name another field; types come from the BTF of the object.',
    ],
  ])('refuses %s', (_, parameters, message) => {
    expect(refused(...parameters)).toEqual([message]);
  });
});

test('a metric that reads a buffer as a map is shown the setting `events`', () => {
  expect(refused(stream(), [metric({ map: 'ring' })]).join()).toContain(
    'add `events: { NAME: { buffer: ring, type: struct event } }`, and write `events: NAME` instead of `map: ring`.',
  );
});
