/** Why a metric cannot read maps of a type, and what to do instead. */

interface Reason {
  readonly because: string;
  readonly remedy: (map: string) => string;
}

const events: Reason = {
  because: 'it holds events on their way to user space',
  remedy: (map) =>
    `Count its records: add \`events: { NAME: { buffer: ${map}, type: struct event } }\`, and write \`events: NAME\` instead of \`map: ${map}\`.`,
};
const storage: Reason = {
  because: 'its values belong to objects of the kernel, and only programs can visit them',
  remedy: () =>
    'Copy the values into a hash map in an iterator over these objects; docs/writing-a-probe.md has an example.',
};
const inodes: Reason = {
  because: 'its values belong to inodes, which no iterator visits',
  remedy: () => 'Count in a hash map whose key has the device and the number of the inode.',
};
const cgroups: Reason = {
  because: 'the kernel keeps this type for old programs only',
  remedy: () => 'Count in a hash map whose key has the id of the cgroup (`bpf_get_current_cgroup_id()`).',
};
const queue: Reason = {
  because: 'reading an entry of it takes the entry away from the program',
  remedy: () => 'Count in a hash map or a global variable what the program pushes and pops.',
};
const nested: Reason = {
  because: 'the object does not say which maps it holds, or their entries cannot be read',
  remedy: () =>
    'Declare its hashes or arrays with `__array(values, struct { ... })`, or count in one hash map whose key also has the key of the outer map.',
};

const reasons: Readonly<Record<string, Reason>> = {
  ringbuf: events,
  perf_event_array: events,
  task_storage: storage,
  sk_storage: storage,
  inode_storage: inodes,
  cgrp_storage: storage,
  cgroup_storage: cgroups,
  percpu_cgroup_storage: cgroups,
  queue,
  stack: queue,
  hash_of_maps: nested,
  array_of_maps: nested,
  bloom_filter: {
    because: 'it only knows whether a value may be in it, and cannot list values',
    remedy: () => 'Count the values in a hash map.',
  },
  stack_trace: {
    because: 'it holds stacks, which are no numbers',
    remedy: () => 'Count in a hash map whose key has the number of the stack.',
  },
  prog_array: {
    because: 'it holds programs that other programs call',
    remedy: () => 'Count in a map of another type.',
  },
};

const other: Reason = {
  because: 'its entries are not numbers',
  remedy: () =>
    'Count in a hash, percpu_hash, lru_hash, array or percpu_array map, or in a global variable (map: .bss).',
};

/** @param type libbpf's name of the type */
export function whyUnreadable(type: string): Reason {
  return Object.hasOwn(reasons, type) ? reasons[type]! : other;
}
