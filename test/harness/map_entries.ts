/** Reads and writes single entries of maps, which only tests do. Maps are found by id, so a closed handle will do too. */
import type { BpfMap } from '../../src/kernel/addon.js';
import { addon, u32, u64 } from './native_addon.js';

/** The value(s) of a key, `valueStride` bytes, or undefined. */
export function lookup(map: BpfMap, key: Uint8Array): Uint8Array | undefined {
  return addon.lookup(map.id, key);
}

/** Sets the value(s) of a key, `valueStride` bytes. */
export function update(map: BpfMap, key: Uint8Array, value: Uint8Array): void {
  addon.update(map.id, key, value);
}

/** Sets many: keys and values back to back. */
export function updateBatch(map: BpfMap, keys: Uint8Array, values: Uint8Array): void {
  addon.updateBatch(map.id, keys, values);
}

/** Removes a key; false when the map does not have it. */
export function remove(map: BpfMap, key: Uint8Array): boolean {
  return addon.remove(map.id, key);
}

/** A value of the map's stride with a number in its first 8 bytes; in a per-CPU map, in those of each CPU. */
export function filledValue(map: BpfMap, number: number): Uint8Array {
  const value = new Uint8Array(map.valueStride);
  const step = map.valueStride / map.cpus;
  for (let cpu = 0; cpu < map.cpus; cpu++) {
    value.set(u64(number * 100 + cpu).subarray(0, Math.min(8, map.valueSize)), cpu * step);
  }
  return value;
}

/** A key of the map made from a number; for an lpm_trie, of full length. */
export function keyOf(map: BpfMap, number: number): Uint8Array {
  const key = new Uint8Array(map.keySize);
  key.set(map.typeName === 'lpm_trie' ? u32(32, number) : u32(number));
  return key;
}
