import type { MapSnapshot } from '../maps/map_reader.js';

/** The entries of one snapshot, as the metrics read them. */
export interface Entries {
  readonly count: number;
  /** The row of each entry. */
  readonly rows: Uint32Array;
  readonly view: DataView;
  readonly values: Uint8Array;
  /** Bytes from one entry to the next. */
  readonly stride: number;
}

export function entriesOf({ count, rows, values }: MapSnapshot, stride: number): Entries {
  return { count, rows, values, view: viewOf(values), stride };
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether every byte of an entry's value is 0, on every CPU. */
export function isZero({ view, stride }: Entries, index: number): boolean {
  let at = index * stride;
  const end = at + stride;
  for (; at + 4 <= end; at += 4) if (view.getInt32(at) !== 0) return false;
  for (; at < end; at++) if (view.getInt8(at) !== 0) return false;
  return true;
}
