import { join } from 'node:path';
import { type Addon, type BpfObject, isNativeError, type NativeError } from '../../src/kernel/addon.js';
import { loadAddon } from '../../src/kernel/load_addon.js';
import { fixtureObject } from './fixture_objects.js';

/** The addon under test: the built one, or that of $SANTABPF_TEST_ADDON (test:asan sets it). */
export const addonFile =
  process.env.SANTABPF_TEST_ADDON ?? join(import.meta.dirname, '../../build/Release/santabpf.node');

export const addon: Addon = loadAddon(addonFile);

/** Whether the addon was built with sanitizers, which need time and memory of their own. */
export const sanitized = process.env.SANTABPF_TEST_ADDON !== undefined;

/** Number of the getppid system call, which `process.ppid` makes exactly once. */
export const getppid = process.arch === 'arm64' ? 173 : 110;

/** The counters fixture, told to count this process's getppid calls, not loaded yet. */
export function openCounters(): BpfObject {
  const object = new addon.BpfObject(fixtureObject('counters'));
  object.setInitialValue('.rodata', 0, u32(process.pid));
  object.setInitialValue('.rodata', 8, u64(getppid));
  return object;
}

/** Makes exactly so many getppid calls. */
export function callGetppid(times: number): void {
  for (let i = 0; i < times; i++) void process.ppid;
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

/** What a call throws, which must be a `NativeError`. */
export function nativeErrorOf(call: () => unknown): NativeError {
  try {
    call();
  } catch (error) {
    return requireNative(error);
  }
  throw new Error('Expected the call to throw');
}

/** What a promise rejects with, which must be a `NativeError`. */
export async function rejectionOf(promise: Promise<unknown>): Promise<NativeError> {
  try {
    await promise;
  } catch (error) {
    return requireNative(error);
  }
  throw new Error('Expected the promise to reject');
}

function requireNative(error: unknown): NativeError {
  if (isNativeError(error)) return error;
  throw error;
}
