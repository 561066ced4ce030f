/** Random streams of events: what the addon counts of random records must be what the words of the probe file say. */
import type { Condition, StreamSpec } from '../../src/config/event_schema.js';
import type { MetricSpec } from '../../src/config/probe_schema.js';
import { parseBtf } from '../../src/decode/btf/parser.js';
import { select } from '../../src/decode/path.js';
import { describeEvents } from '../../src/events/event_tables.js';
import { BtfBuilder } from '../decode/btf_builder.js';
import type { CountedRecords } from '../harness/native_addon.js';
import { oneOf, type Random } from './damage.js';
import {
  type Member,
  numberOf,
  type RecordStruct,
  randomRecord,
  randomStruct,
  someNumber,
  someText,
  textOf,
} from './random_records.js';

const types = parseBtf(new BtfBuilder().bytes());
const ring = { name: 'ring', type: 'ringbuf', keySize: 0, valueSize: 0 };
/** Bytes of a text that become part of a key. */
const mostKeyBytes = 256;

interface Wanted {
  readonly struct: RecordStruct;
  readonly filters: readonly (readonly [Member, Condition])[];
  readonly labels: readonly Member[];
  readonly sums: readonly Member[];
  readonly histogram: { readonly member: Member; readonly bounds: readonly number[] } | undefined;
  readonly maxEntries: number;
}

/** Returns a parser for `run.mjs`. @param count `countRecords` of the test build of the addon */
export function recordCounter(count: (plan: Uint8Array, records: Uint8Array) => CountedRecords) {
  return (random: Random): boolean => {
    const wanted = randomStream(random);
    const records = Array.from({ length: 1 + random(40) }, () => randomRecord(random, wanted.struct));
    const expected = expectedCounts(wanted, records);
    const counted = countedRecords(wanted, records, count);
    const [should, is] = [JSON.stringify(expected), JSON.stringify(counted)];
    if (should !== is) throw new Error(`${JSON.stringify(wanted)}\nmust count ${should}\nbut counts ${is}`);
    return expected.rows.some(([, [records]]) => records !== '0');
  };
}

function randomStream(random: Random): Wanted {
  const struct = randomStruct(random);
  const { members } = struct;
  const some = (most: number) => [...new Set(Array.from({ length: random(most + 1) }, () => oneOf(random, members)))];
  const integers = members.filter(({ kind }) => kind !== 'text');
  const measured = integers.length === 0 ? [] : some(3).filter(({ kind }) => kind !== 'text');
  return {
    struct,
    filters: some(2).map((member) => [member, randomCondition(random, member)] as const),
    labels: some(3),
    sums: measured,
    histogram:
      integers.length > 0 && random(2) === 0
        ? { member: oneOf(random, integers), bounds: oneOf(random, [[1], [2, 200, 70_000], [0, 1, 2 ** 32]]) }
        : undefined,
    maxEntries: 1 + random(5),
  };
}

function randomCondition(random: Random, member: Member): Condition {
  if (member.kind === 'text') {
    const texts = [someText(random), someText(random)].slice(random(2));
    return random(2) === 0 ? { in: texts } : { not: texts };
  }
  const { size, kind } = member;
  const number = () => {
    const bits = size * 8;
    return kind === 'signed' ? BigInt.asIntN(bits, someNumber(random)) : BigInt.asUintN(bits, someNumber(random));
  };
  const [low, high] = [number(), number()].sort((a, b) => (a < b ? -1 : 1));
  const range = oneOf(random, [{ min: low! }, { max: high! }, { min: low!, max: high! }, { in: [low!, high!] }]);
  return { ...range, ...(random(3) === 0 && { not: [number()] }), ...(random(3) === 0 && { mask: number() }) };
}

function passes(record: Uint8Array, member: Member, { in: wanted, not, min, max, mask }: Condition): boolean {
  if (member.kind === 'text') {
    const text = textOf(record, member);
    const isOne = (of: Condition['in']) => of?.some((one) => Buffer.from(String(one)).equals(text)) ?? false;
    return (wanted === undefined || isOne(wanted)) && !isOne(not);
  }
  const masked = mask === undefined ? -1n : BigInt(mask as bigint);
  const number = numberOf(record, member) & masked;
  const isOne = (of: Condition['in']) => of?.some((one) => BigInt(one as bigint) === number) ?? false;
  if (wanted !== undefined && !isOne(wanted)) return false;
  if (isOne(not) || (min !== undefined && number < BigInt(min)) || (max !== undefined && number > BigInt(max)))
    return false;
  const isBare = wanted === undefined && not === undefined && min === undefined && max === undefined;
  return !isBare || number !== 0n;
}

/** How far a record must reach. Of a text, one byte is enough. */
const endOf = ({ offset, size, kind }: Member): number => offset + (kind === 'text' ? 1 : size);

interface Counts {
  /** Keys in hexadecimal, label by label, and their numbers; sorted. */
  readonly rows: readonly (readonly [string, readonly string[]])[];
  readonly other: readonly string[];
  readonly short: number;
}

function expectedCounts(
  { filters, labels, sums, histogram, maxEntries }: Wanted,
  records: readonly Uint8Array[],
): Counts {
  const rows = new Map<string, bigint[]>();
  const buckets = histogram === undefined ? 0 : histogram.bounds.length + 2;
  const none = () => Array<bigint>(1 + sums.length + buckets).fill(0n);
  const other = none();
  // Without labels there is one series from the start.
  if (labels.length === 0) rows.set('', none());
  const filtered = Math.max(0, ...filters.map(([member]) => endOf(member)));
  const read = [...labels, ...sums, ...(histogram ? [histogram.member] : [])];
  const required = Math.max(filtered, ...read.map(endOf));
  let short = 0;
  for (const record of records) {
    if (record.length < filtered) short++;
    else if (!filters.every(([member, condition]) => passes(record, member, condition))) continue;
    else if (record.length < required) short++;
    else {
      const key = labels.map((member) => keyOf(record, member).toString('hex')).join(' ');
      if (!rows.has(key) && rows.size < maxEntries) rows.set(key, none());
      add(record, rows.get(key) ?? other, sums, histogram);
    }
  }
  return {
    rows: sorted([...rows].map(([key, numbers]) => [key, numbers.map(String)])),
    other: other.map(String),
    short,
  };
}

function keyOf(record: Uint8Array, member: Member): Buffer {
  const { offset, size, kind } = member;
  if (kind !== 'text') return Buffer.from(record.subarray(offset, offset + size));
  return textOf(record, member, mostKeyBytes);
}

function add(record: Uint8Array, to: bigint[], sums: readonly Member[], histogram: Wanted['histogram']): void {
  const amount = (member: Member) => {
    const number = numberOf(record, member);
    return number < 0n ? 0n : number;
  };
  const plus = (index: number, number: bigint) => {
    to[index] = BigInt.asUintN(64, to[index]! + number);
  };
  plus(0, 1n);
  for (const [index, member] of sums.entries()) plus(1 + index, amount(member));
  if (histogram === undefined) return;
  const { member, bounds } = histogram;
  const bucket = bounds.findIndex((bound) => amount(member) <= BigInt(bound));
  plus(1 + sums.length + (bucket < 0 ? bounds.length : bucket), 1n);
  plus(to.length - 1, amount(member));
}

const sorted = (rows: Counts['rows']): Counts['rows'] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

/** What the addon counts, read as the metrics read it. */
function countedRecords(
  wanted: Wanted,
  records: readonly Uint8Array[],
  count: (plan: Uint8Array, records: Uint8Array) => CountedRecords,
): Counts {
  const { struct, filters, labels, sums, histogram, maxEntries } = wanted;
  const where = filters.map(([{ name }, condition]) => ({ field: name, ...condition }));
  const spec: StreamSpec = { buffer: 'ring', type: struct.text, where, maxEntries, pages: 8 };
  const metrics = metricsOf(wanted);
  const maps = new Map([['ring', ring]]);
  const { tables, buffers } = describeEvents({ events: { s: spec }, metrics }, types, maps, () => undefined);
  const [{ key: layout, events, keySize, valueSize }] = tables as [(typeof tables)[number]];
  const plan = new Uint8Array(buffers[0]!.plan.buffer);
  const counted = count(plan, framed(records));
  const record = { layout: layout!, title: 'the record' };
  const places = labels.map((member) => events!.place(select(record, member.name), undefined));
  const readKey = (key: Uint8Array) =>
    places.map(({ offset, layout: { size } }, index) => {
      const bytes = key.subarray(offset, offset + size);
      const isText = labels[index]!.kind === 'text';
      return Buffer.from(isText ? textOf(bytes, { ...labels[index]!, offset: 0, size }) : bytes).toString('hex');
    });
  const fields = metrics
    .slice(0, 1 + sums.length + (histogram ? 1 : 0))
    .map((metric) => events!.read(metric, () => undefined).value);
  const readValue = (value: Uint8Array) => {
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    const at = (offset: number) => String(view.getBigUint64(offset, true));
    return fields.flatMap((field) => {
      if (field.kind === 'number') return [at(field.field.offset)];
      const { buckets, sum } = field.field;
      return [
        ...Array.from({ length: buckets.count }, (_, i) => at(buckets.offset + i * buckets.size)),
        at(sum!.offset),
      ];
    });
  };
  const rows = Array.from({ length: counted.keys.length / keySize }, (_, i): [string, string[]] => [
    readKey(counted.keys.subarray(i * keySize, (i + 1) * keySize)).join(' '),
    readValue(counted.values.subarray(i * valueSize, (i + 1) * valueSize)),
  ]);
  return { rows: sorted(rows), other: readValue(counted.other), short: counted.short };
}

/** One that counts records, one for each sum, and the histogram. */
function metricsOf({ labels, sums, histogram }: Wanted): MetricSpec[] {
  const names = labels.map(({ name }) => [name, { from: 'key', field: name }] as const);
  const common = { help: 'H.', map: 's', events: 's', labels: Object.fromEntries(names), limit: 100 };
  return [
    { ...common, name: 'records_total', type: 'counter' },
    ...sums.map(({ name }) => ({ ...common, name: `${name}_total`, type: 'counter' as const, value: name })),
    ...(histogram
      ? [
          {
            ...common,
            name: 'sizes',
            type: 'histogram' as const,
            value: histogram.member.name,
            buckets: { kind: 'bounds' as const, bounds: histogram.bounds },
          },
        ]
      : []),
  ];
}

function framed(records: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(records.flatMap((record) => [Uint8Array.of(record.length & 255, record.length >> 8), record]));
}
