import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Addon, type BpfObject, isNativeError, type NativeError } from '../../src/kernel/addon.js';
import { loadAddon } from '../../src/kernel/load_addon.js';
import { fixtureObject } from './fixture_objects.js';

/** What `countRecords` returns. */
export interface CountedRecords {
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
  /** The numbers of all keys that found no place. */
  readonly other: Uint8Array;
  readonly short: number;
}

/** What the test build of the addon offers in addition; see test/native/addon. */
interface TestAddon extends Addon {
  /** The value(s) of a key of the map with this id, `valueStride` bytes, or undefined. */
  lookup(id: number, key: Uint8Array): Uint8Array | undefined;
  /** Sets the value(s) of a key, `valueStride` bytes. */
  update(id: number, key: Uint8Array, value: Uint8Array): void;
  /** Puts a map into a map of maps, both by their ids, at each of the keys, which are back to back. */
  updateInner(id: number, keys: Uint8Array, inner: number): void;
  /** Sets many: keys and values back to back. */
  updateBatch(id: number, keys: Uint8Array, values: Uint8Array): void;
  /** Removes a key; false when the map does not have it. */
  remove(id: number, key: Uint8Array): boolean;
  /**
   * Counts records by the plan of one stream, without a kernel. Each record has its length in two bytes in front. `short` is how many lacked
   * something. Keys and values are back to back.
   */
  countRecords(plan: Uint8Array, records: Uint8Array): CountedRecords;
  /** Whether reading maps in batches fails from now on, as on a kernel without it. A `BpfMap` remembers its first failure. */
  refuseBatches(refuse: boolean): void;
  /** Whether mapping arrays into memory fails from now on. A `BpfMap` remembers its first failure. */
  refuseMappings(refuse: boolean): void;
}

/** The test build of the addon: the object files of build/Release/santabpf.node and more. `npm run test:asan` sets another. */
export const addonFile =
  process.env.SANTABPF_TEST_ADDON ?? join(import.meta.dirname, '../../build/Release/santabpf_test.node');

export const addon = loadAddon(addonFile) as TestAddon;

/** Whether the addon was built with sanitizers, which need more time and memory. */
export const sanitized = process.env.SANTABPF_TEST_ADDON !== undefined;

/** Number of the getppid system call, which `process.ppid` makes exactly once. */
export const getppid = process.arch === 'arm64' ? 173 : 110;

/** The counters fixture, set to count getppid calls of this process, not loaded yet. */
export function openCounters(): BpfObject {
  const object = new addon.BpfObject(fixtureObject('counters'));
  object.setInitialValue('.rodata', 0, u32(process.pid));
  object.setInitialValue('.rodata', 8, u64(getppid));
  return object;
}

/** Makes exactly this many getppid calls. */
export function callGetppid(times: number): void {
  for (let i = 0; i < times; i++) void process.ppid;
}

/** How many values an entry of a per-CPU map has. */
export function possibleCpus(): number {
  const ranges = readFileSync('/sys/devices/system/cpu/possible', 'latin1').trim().split(',');
  const counts = ranges.map((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return last - first + 1;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

export function u32(...numbers: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(numbers).buffer);
}

export function u64(...numbers: (number | bigint)[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(numbers.map(BigInt)).buffer);
}

/** The 8-byte number at a position. */
export function numberAt(bytes: Uint8Array, offset = 0): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(offset, true));
}

/** The `NativeError` that a call throws. */
export function nativeErrorOf(call: () => unknown): NativeError {
  try {
    call();
  } catch (error) {
    return requireNative(error);
  }
  throw new Error('The call did not throw');
}

/** The `NativeError` that a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<NativeError> {
  try {
    await promise;
  } catch (error) {
    return requireNative(error);
  }
  throw new Error('The promise did not reject');
}

function requireNative(error: unknown): NativeError {
  if (isNativeError(error)) return error;
  throw error;
}
