import { fault } from '../errors/fault.js';
import type { MapReader } from '../maps/map_reader.js';
import { type Addon, type BpfMap, isNativeError } from './addon.js';
import type { EventCounter, EventCounts } from './event_handles.js';
import { EventReader, type EventTableShape, OtherEventsReader } from './event_reader.js';

/** A buffer whose records are counted. */
export interface CountedBuffer {
  /** The map. */
  readonly buffer: string;
  /** Pages of a perf buffer on each CPU. */
  readonly pages: number;
  /** Whether the kernel says how many records did not fit. */
  readonly countsLost: boolean;
  /** Of all streams, for the addon. */
  readonly plan: BigUint64Array;
  /** In the order of the plan. */
  readonly streams: readonly EventTableShape[];
}

/** What was read of one buffer since the probe was attached. */
export interface BufferCounts extends Omit<EventCounts, 'lost'> {
  readonly buffer: string;
  /** Absent if the kernel does not count them. */
  readonly lost?: number;
}

/** Counts the records of a probe's buffers. */
export class EventCounters {
  /** By name, the tables of all streams and their companions. */
  readonly readers: ReadonlyMap<string, MapReader>;
  readonly #counters: readonly { readonly request: CountedBuffer; readonly counter: EventCounter }[];

  private constructor(counters: readonly { readonly request: CountedBuffer; readonly counter: EventCounter }[]) {
    this.#counters = counters;
    const readers = counters.flatMap(({ request, counter }) =>
      request.streams.flatMap((shape, stream) => [
        new EventReader(counter, stream, shape),
        new OtherEventsReader(counter, stream, shape),
      ]),
    );
    this.readers = new Map(readers.map((reader) => [reader.name, reader]));
  }

  /**
   * Starts to count.
   * @param mapOf a loaded map by its name
   * @throws EVENTS_UNREADABLE; nothing is read then
   */
  static open(addon: Addon, buffers: readonly CountedBuffer[], mapOf: (name: string) => BpfMap): EventCounters {
    const counters: { request: CountedBuffer; counter: EventCounter }[] = [];
    for (const request of buffers) {
      const { buffer, plan, pages } = request;
      try {
        counters.push({ request, counter: new addon.EventCounter(mapOf(buffer), plan, pages) });
      } catch (error) {
        for (const { counter } of counters) counter.close();
        if (!isNativeError(error)) throw error;
        throw fault('EVENTS_UNREADABLE', { buffer, reason: error.code }, { cause: error });
      }
    }
    return new EventCounters(counters);
  }

  get counts(): BufferCounts[] {
    return this.#counters.map(({ request: { buffer, countsLost }, counter }) => {
      const { lost, ...counts } = counter.counts();
      return { buffer, ...counts, ...(countsLost && { lost }) };
    });
  }

  /** Ends the threads. */
  close(): void {
    for (const { counter } of this.#counters) counter.close();
  }
}
