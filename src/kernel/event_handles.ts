/** The addon's handles of buffers that programs write records into. Errors and ownership are those of `addon.ts`. */
import type { MapSnapshot } from '../maps/map_reader.js';

export interface EventBuffer {
  readonly closed: boolean;
  /** Ends the thread; does nothing the second time. `onRecords` is not called any more. The map need not be open. */
  close(): void;
}

/** Streams are named by their index in the plan. The map need not be open. Calls throw EBADF once it is closed. */
export interface EventCounter {
  readonly closed: boolean;
  /** Counts what the buffer holds, off the main thread, and reads the table of a stream, as `BpfMap.snapshot` does. */
  snapshot(stream: number): Promise<MapSnapshot>;
  /** Removes a key and returns its numbers. */
  take(stream: number, key: Uint8Array): Uint8Array | undefined;
  /** The numbers of all records of a stream whose key found no place. */
  other(stream: number): Uint8Array;
  /** Also after it is closed. */
  counts(): EventCounts;
  /** Ends the thread; does nothing the second time. */
  close(): void;
}

/** What a buffer has counted so far. */
export interface EventCounts {
  readonly records: number;
  /** Records too short for a stream whose conditions they meet. */
  readonly malformed: number;
  /** Records that did not fit into a perf buffer. The kernel reports them with the next record. */
  readonly lost: number;
  /** CPU time of the thread, in seconds. */
  readonly seconds: number;
}

/** The records of a batch that an `EventBuffer` hands over, as views of it. */
export function* recordsOf(batch: Buffer): Generator<Buffer> {
  for (let at = 0; at < batch.length; ) {
    const size = batch.readUInt32LE(at);
    yield batch.subarray(at + 8, at + 8 + size);
    at += 8 + Math.ceil(size / 8) * 8;
  }
}
