/** Which types of maps this kernel has. */
import type { Addon } from '../../kernel/addon.js';

export interface MapTrial {
  readonly type: string;
  readonly isSupported: boolean;
}

/** `enum bpf_map_type`: the types that probes use. */
const types = {
  hash: 1,
  array: 2,
  percpu_hash: 5,
  percpu_array: 6,
  stack_trace: 7,
  lru_hash: 9,
  lru_percpu_hash: 10,
  lpm_trie: 11,
  queue: 22,
  sk_storage: 24,
  ringbuf: 27,
  inode_storage: 28,
  task_storage: 29,
  bloom_filter: 30,
  user_ringbuf: 31,
  cgrp_storage: 32,
} as const;

/** Creates a map of each type for a moment. */
export function tryMaps(addon: Pick<Addon, 'supportsMapType'>): MapTrial[] {
  return Object.entries(types).map(([type, number]) => ({ type, isSupported: addon.supportsMapType(number) }));
}
