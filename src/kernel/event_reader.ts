import type { MapReader, MapSnapshot } from '../maps/map_reader.js';
import type { EventCounter } from './event_handles.js';

/** The table of one stream. */
export interface EventTableShape {
  readonly name: string;
  /** Name of the one entry for what found no place. */
  readonly other: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
}

/** The records of one stream, added up by key. The probe owns the counter and closes it. */
export class EventReader implements MapReader {
  readonly name: string;
  readonly type = 'events';
  readonly keySize: number;
  readonly valueSize: number;
  readonly valueStride: number;
  readonly maxEntries: number;
  readonly cpus = 1;
  readonly #counter: EventCounter;
  readonly #stream: number;

  /** @param stream index of the stream in the counter's plan */
  constructor(counter: EventCounter, stream: number, { name, keySize, valueSize, maxEntries }: EventTableShape) {
    this.#counter = counter;
    this.#stream = stream;
    this.name = name;
    this.keySize = keySize;
    this.valueSize = valueSize;
    this.valueStride = valueSize;
    this.maxEntries = maxEntries;
  }

  /** Counts first what the buffer holds. @throws NativeError as rejection: EBADF when the counter is closed, EBUSY when calls overlap */
  async read(): Promise<MapSnapshot> {
    return this.#counter.snapshot(this.#stream);
  }

  /** @throws NativeError as rejection: EBADF when the counter is closed */
  async take(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#counter.take(this.#stream, key);
  }
}

/** The one entry of the records that found no place in the table of a stream. */
export class OtherEventsReader implements MapReader {
  readonly name: string;
  readonly type = 'array';
  readonly keySize = 4;
  readonly valueSize: number;
  readonly valueStride: number;
  readonly maxEntries = 1;
  readonly cpus = 1;
  readonly #counter: EventCounter;
  readonly #stream: number;

  constructor(counter: EventCounter, stream: number, { other, valueSize }: EventTableShape) {
    this.#counter = counter;
    this.#stream = stream;
    this.name = other;
    this.valueSize = valueSize;
    this.valueStride = valueSize;
  }

  /** @throws NativeError as rejection: EBADF when the counter is closed */
  async read(): Promise<MapSnapshot> {
    const values = this.#counter.other(this.#stream);
    const row = Uint32Array.of(0);
    return {
      count: 1,
      rows: row,
      rowLimit: 1,
      values,
      addedRows: row,
      addedKeys: new Uint8Array(this.keySize),
      goneRows: new Uint32Array(),
    };
  }

  async take(): Promise<undefined> {
    throw new TypeError('the entry of an array cannot be removed');
  }
}
