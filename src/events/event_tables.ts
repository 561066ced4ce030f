import type { StreamSpec } from '../config/event_schema.js';
import type { ProbeSpec } from '../config/probe_schema.js';
import type { Btf } from '../decode/btf/btf.js';
import type { EventTable } from '../decode/event_table.js';
import { FaultCollector, type Locate } from '../decode/fault_collector.js';
import type { MapDescription } from '../decode/map_description.js';
import type { Origin } from '../decode/path.js';
import { fault } from '../errors/fault.js';
import type { CountedBuffer } from '../kernel/event_counters.js';
import type { EventTableShape } from '../kernel/event_reader.js';
import { companionOf } from '../maps/overflow_companion.js';
import { filtersOf } from './filters.js';
import { KeyParts } from './key_parts.js';
import { countField, Measures } from './measures.js';
import { planWords, type StreamPlan } from './plan_words.js';
import { recordType } from './record_type.js';

/** Most memory of the table of one stream. A table of large entries has fewer of them than its `max_entries`. */
const mostTableBytes = 64 * 2 ** 20;

/** The streams of a probe: as maps that metrics read, and as what the kernel stage reads them from. */
export interface Events {
  readonly tables: readonly MapDescription[];
  readonly buffers: readonly CountedBuffer[];
}

interface Stream {
  readonly spec: StreamSpec;
  readonly table: MapDescription;
  readonly shape: EventTableShape;
  readonly plan: StreamPlan;
  readonly countsLost: boolean;
}

/**
 * Joins the streams of a probe file to the types of its object. A stream that no metric reads is checked, and not counted.
 * @param maps of the object
 * @throws Faults with every problem of any stream
 */
export function describeEvents(
  { events, metrics }: Pick<ProbeSpec, 'events' | 'metrics'>,
  btf: Btf,
  maps: ReadonlyMap<string, MapDescription>,
  locate: Locate,
): Events {
  const faults = new FaultCollector();
  const streams = Object.entries(events).flatMap(([name, spec]) => {
    const readBy = metrics.filter((metric) => metric.events === name);
    const locateStream: Locate = (path) => locate(['events', name, ...path]);
    return faults.attempt(() => streamOf(name, spec, readBy, btf, maps, locateStream)) ?? [];
  });
  faults.throwIfAny();
  const counted = streams.filter(({ table }) => metrics.some((metric) => metric.events === table.name));
  return { tables: streams.map(({ table }) => table), buffers: [...byBuffer(counted)].map(countedBuffer) };
}

function byBuffer(streams: readonly Stream[]): Map<string, Stream[]> {
  const buffers = new Map<string, Stream[]>();
  for (const stream of streams) {
    const { buffer } = stream.spec;
    buffers.set(buffer, [...(buffers.get(buffer) ?? []), stream]);
  }
  return buffers;
}

function countedBuffer([buffer, streams]: readonly [string, readonly Stream[]]): CountedBuffer {
  return {
    buffer,
    pages: Math.max(...streams.map(({ spec }) => spec.pages)),
    countsLost: streams.some(({ countsLost }) => countsLost),
    plan: planWords(streams.map(({ plan }) => plan)),
    streams: streams.map(({ shape }) => shape),
  };
}

function streamOf(
  name: string,
  spec: StreamSpec,
  metrics: ProbeSpec['metrics'],
  btf: Btf,
  maps: ReadonlyMap<string, MapDescription>,
  locate: Locate,
): Stream {
  if (maps.has(name)) throw fault('EVENTS_NAME_TAKEN', { stream: name }, { location: locate([]) });
  const { layout, countsLost } = recordType(name, spec, btf, maps, locate);
  const record: Origin = { layout, title: `the record of events "${name}"` };
  const filters = filtersOf(spec, record, locate);
  const key = new KeyParts(metrics, record);
  const measures = new Measures(metrics, record);
  const { valueSize } = measures;
  const maxEntries = Math.max(1, Math.min(spec.maxEntries, Math.floor(mostTableBytes / (key.size + valueSize))));
  const other = companionOf(name);
  const events: EventTable = {
    other,
    place: (field, location) => key.place(field, location),
    read: (metric, locateMetric) => measures.read(metric, locateMetric),
    count: countField,
  };
  return {
    spec,
    table: { name, type: 'events', keySize: key.size, valueSize, key: layout, events },
    shape: { name, other, keySize: key.size, valueSize, maxEntries },
    plan: { keySize: key.size, maxEntries, filters, key: key.parts, measures: measures.measures },
    countsLost,
  };
}
