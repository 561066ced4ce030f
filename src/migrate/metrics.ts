/** Counters and histograms of ebpf_exporter as entries of `metrics`. */
import type { MapDescription } from '../decode/map_description.js';
import { translateDecoders } from '../ebpf_exporter/decoders.js';
import type { ForeignCounter, ForeignHistogram, ForeignLabel } from '../ebpf_exporter/file_schema.js';
import { migrateBuckets } from './buckets.js';
import { migrateDecoders } from './decoders.js';
import { fieldAt, type KeyField } from './key_fields.js';
import { keyStruct, type PlacedLabel } from './key_struct.js';
import type { Value } from './yaml_text.js';

type Mapping = Readonly<Record<string, Value | undefined>>;

export interface MigratedMetric {
  readonly name: string;
  readonly metric: Mapping;
  /** Types of the map's key and value, where the object does not have what the labels need. */
  readonly map: Mapping | undefined;
  readonly stream: Mapping | undefined;
  /** What is different now: clauses. */
  readonly notes: readonly string[];
}

const perCpu = new Set(['percpu_hash', 'percpu_array', 'lru_percpu_hash']);
const arrays = new Set(['array', 'percpu_array']);
const longestHelp = 500;

/** @param map undefined if the object does not have it, or there is none */
export function migrateCounter(counter: ForeignCounter, map: MapDescription | undefined): MigratedMetric {
  const { name, help, perf_event_array: isStream = false } = counter;
  const isCounter = isStream || name.endsWith('_total');
  const ofCpu = !isStream && counter.labels.at(-1)?.name === 'cpu' && splitsCpus(counter, map);
  const { labels, types, notes } = migrateLabels(counter.labels, isStream ? undefined : map, ofCpu);
  if (!isCounter) notes.push(`${name} is a gauge, because counters end in _total: rename it if it only grows`);
  const ownName = isStream && !name.endsWith('_total') ? `${name}_total` : name;
  if (ownName !== name) notes.push(`${name} is called ${ownName}: counters end in _total`);
  const shared = { name: ownName, type: isCounter ? 'counter' : 'gauge', help: help.slice(0, longestHelp) };
  if (isStream) {
    const type = keyStruct(placed(counter.labels)) ?? 'struct { char nothing[1]; }';
    const stream = { buffer: name, type };
    return { name: ownName, metric: { ...shared, events: `${name}_records`, labels }, map: undefined, stream, notes };
  }
  const isArray = map !== undefined && arrays.has(map.type);
  const sums = !isCounter && !ofCpu && map !== undefined && perCpu.has(map.type);
  const metric = { ...shared, map: name, ...(sums && { combine: 'sum' }), ...(isArray && { zeros: true }), labels };
  return { name: ownName, metric, map: mapTypes(types, map), stream: undefined, notes };
}

/** @returns a clause that says why it cannot be migrated */
export function migrateHistogram(
  histogram: ForeignHistogram,
  map: MapDescription | undefined,
): MigratedMetric | string {
  const { name, help } = histogram;
  const slot = histogram.labels.at(-1)!.name;
  const { labels = {}, fields, types, notes } = migrateLabels(histogram.labels, map, false);
  const shape = migrateBuckets(
    histogram,
    fields === undefined ? slot : (fields.at(-1)?.path ?? 'index'),
    map?.elements,
  );
  if (typeof shape === 'string') return shape;
  const { [slot]: _, ...others } = labels;
  const ownName = name.replace(/_total$/, '');
  const metric = {
    name: ownName,
    type: 'histogram',
    help: help.slice(0, longestHelp),
    map: name,
    unit: shape.unit,
    buckets: shape.buckets,
    ...(Object.keys(others).length > 0 && { labels: others }),
  };
  const renamed = ownName === name ? [] : [`${name} is called ${ownName}: only counters end in _total`];
  return {
    name: ownName,
    metric,
    map: mapTypes(types, map),
    stream: undefined,
    notes: [...notes, ...shape.notes, ...renamed],
  };
}

interface MigratedLabels {
  readonly labels: Record<string, Value> | undefined;
  /** In the key of the object, one for each label of the key; undefined: `types` has them. */
  readonly fields: readonly KeyField[] | undefined;
  /** The key as a struct in C. */
  readonly types: string | undefined;
  readonly notes: string[];
}

function migrateLabels(all: readonly ForeignLabel[], map: MapDescription | undefined, ofCpu: boolean): MigratedLabels {
  const ofKey = placed(ofCpu ? all.slice(0, -1) : all);
  const fields = map?.key && ofKey.length > 0 ? fieldsOf(ofKey, map.key) : undefined;
  const notes: string[] = [];
  const labels: Record<string, Value> = {};
  for (const [index, label] of all.entries()) {
    const isCpu = ofCpu && index === all.length - 1;
    const { name } = label;
    const field = fields?.[index];
    const migrated = migrateDecoders(label, field?.layout ?? { ...number, size: 8 });
    notes.push(...migrated.notes);
    const decode = migrated.decode === undefined ? {} : { decode: migrated.decode };
    if (isCpu) labels[name] = { from: 'cpu', ...decode };
    else if (fields !== undefined) labels[name] = { ...(field?.path && { field: field.path }), ...decode };
    else labels[name] = { field: name, ...decode };
  }
  const types = fields === undefined ? keyStruct(ofKey) : undefined;
  return { labels: all.length === 0 ? undefined : labels, fields, types, notes };
}

/** An address of 4 bytes is a number in some structs. */
type KeyLabel = PlacedLabel & { readonly isAddress: boolean };

/** What `keyStruct` and the index of a CPU have. */
const number = { kind: 'integer', type: 'u64', signed: false, encoding: 'number', network: false } as const;

function placed(labels: readonly ForeignLabel[]): KeyLabel[] {
  return labels.map(({ name, size, padding, decoders }) => {
    const translated = translateDecoders(size, decoders, '');
    const isAddress = decoders[0]!.name === 'inet_ip';
    return { name, size, padding, as: 'as' in translated ? translated.as : 'bytes', isAddress };
  });
}

/** The field of each label; undefined if one has none. */
function fieldsOf(labels: readonly KeyLabel[], key: NonNullable<MapDescription['key']>): KeyField[] | undefined {
  const fields: KeyField[] = [];
  let offset = 0;
  for (const { size, padding, as, isAddress } of labels) {
    const field = fieldAt(key, offset, size, as) ?? (isAddress ? fieldAt(key, offset, size, 'integer') : undefined);
    if (field === undefined) return undefined;
    fields.push(field);
    offset += size + padding;
  }
  return fields;
}

function mapTypes(key: string | undefined, map: MapDescription | undefined): Mapping | undefined {
  const isNumber = map?.value?.kind === 'integer' && map.value.size === 8;
  if (key === undefined && isNumber) return undefined;
  return { ...(key !== undefined && { key }), ...(!isNumber && { value: 'u64' }) };
}

/** Two bytes are what ebpf_exporter adds to the key for the CPU. */
function splitsCpus({ labels }: ForeignCounter, map: MapDescription | undefined): boolean {
  return map === undefined ? labels.at(-1)!.size === 2 : perCpu.has(map.type);
}
