import { capitalized, listOf, suggestion } from './clauses.js';
import { entry, unsupported } from './entry.js';
import { whyUnreadable } from './unreadable_maps.js';

/** What is wrong with a map or an event buffer of an object, or does not fit between it and its probe file. */
export const mapFaults = {
  MAP_UNKNOWN: entry(
    (p: { map: string; known: readonly string[]; nearest: string | undefined }) =>
      `The object has no map "${p.map}"; ${listOf(p.known)}`,
    (p) => suggestion(p.nearest) ?? 'Use the name of a map of the object.',
  ),
  BTF_INVALID: entry(
    (p: { problem: string }) => `The type information (BTF) of the object is malformed: ${p.problem}`,
    'Compile the object again with clang -target bpf -g. If that does not help, report it with the object attached.',
  ),
  MAP_UNTYPED: entry(
    (p: { map: string; part: 'key' | 'value' }) => `Map "${p.map}" has no BTF type for its ${p.part}, only a size`,
    (p) =>
      `Name its type: \`maps: { ${p.map}: { ${p.part}: "struct NAME" } }\`. Or declare the map with __type(${p.part}, ...), and compile with -g.`,
  ),
  MAP_SIZE_FIXED: entry(
    (p: { map: string; part: 'key' | 'value'; type: string }) =>
      `The ${p.part} of map "${p.map}" has a type in the object, "${p.type}", which says its size`,
    (p) => `Remove \`${p.part}_size\`: it is for maps that are declared without types.`,
  ),
  TYPE_UNKNOWN: entry(
    (p: { name: string }) => `The type information (BTF) of the object has no type "${p.name}"`,
    'Write it as in C, such as "struct key", "enum state", u64 or a typedef. The program must use the type, or the compiler leaves it out.',
  ),
  MAP_SIZE_MISMATCH: entry(
    (p: { map: string; part: 'key' | 'value'; size: number; type: string; typeSize: number }) =>
      `The ${p.part} of map "${p.map}" has ${p.size} bytes, but its BTF type "${p.type}" has ${p.typeSize}`,
    'Compile the object again: its map definition and its type information disagree.',
  ),
  MAP_TYPE_SIZE: entry(
    (p: { map: string; part: 'key' | 'value'; size: number; typeSize: number }) =>
      `The ${p.part} of map "${p.map}" has ${p.size} bytes, but the configuration describes ${p.typeSize}`,
    'Correct the type of the map. In a file of ebpf_exporter, `size` and `padding` of all labels add up to the size of the key, and values have 8 bytes.',
  ),
  MAP_TYPE_INVALID: entry(
    (p: { map: string; part: 'key' | 'value'; member: string; problem: string }) =>
      `Member "${p.member}" in the type of the ${p.part} of map "${p.map}" cannot be read: ${p.problem}`,
    'Write each member as in C, such as `u32 pid;` or `char comm[16];`. Macros and nested structs are written out.',
  ),
  MAP_NOT_FILLABLE: entry(
    (p: { map: string; type: string }) => `Map "${p.map}" of type ${p.type} cannot have the setting "fill"`,
    (p) =>
      p.map.startsWith('.')
        ? 'Set `const volatile` variables under `constants`.'
        : 'Hashes, arrays, LPM tries and maps of programs can be filled. Remove `fill`.',
  ),
  MAP_FILL_INVALID: entry(
    (p: { title: string; requirement: string; received: string }) =>
      `${capitalized(p.title)} must be ${p.requirement}, not ${p.received}`,
    'docs/configuration.md shows the entries of `fill`.',
  ),
  MAP_FILL_UNKNOWN: unsupported(
    (p: { map: string; kind: string; name: string }) =>
      `Cannot fill map "${p.map}": this host has no ${p.kind} "${p.name}"`,
    (p) =>
      p.kind === 'cgroup'
        ? 'Write the path of its folder, such as /sys/fs/cgroup/system.slice. The cgroup must exist when the probe starts.'
        : `Write a name from /etc/${p.kind === 'user' ? 'passwd' : 'group'}, or the number.`,
  ),
  MAP_NOT_READABLE: entry(
    (p: { map: string; type: string }) =>
      `Map "${p.map}" of type ${p.type} cannot be read as a metric: ${whyUnreadable(p.type).because}`,
    (p) => whyUnreadable(p.type).remedy(p.map),
  ),
  EVENTS_BUFFER_UNSUITABLE: entry(
    (p: { stream: string; map: string; type: string; buffers: readonly string[] }) =>
      `Events "${p.stream}" cannot be read from map "${p.map}" of type ${p.type}`,
    (p) =>
      p.buffers.length === 0
        ? 'The object has no ring buffer and no perf buffer: read the map itself, with `map` in the metric.'
        : `Ring buffers and perf buffers have records: name ${p.buffers.join(' or ')}.`,
  ),
  EVENTS_TYPE_UNKNOWN: entry(
    (p: { stream: string; type: string; nearest: string | undefined; known: readonly string[] }) =>
      `The object has no struct "${p.type}" for the records of events "${p.stream}"; ${listOf(p.known)}`,
    (p) =>
      suggestion(p.nearest) ??
      'Name the struct that the program writes. If the compiler left it out of the BTF, write it as in C: type: "struct { u32 pid; char comm[16]; }".',
  ),
  EVENTS_TYPE_INVALID: entry(
    (p: { stream: string; member: string; problem: string }) =>
      `Member "${p.member}" in the struct of events "${p.stream}" cannot be read: ${p.problem}`,
    'Write each member as in C, such as `u32 pid;` or `char comm[16];`. Macros and nested structs are written out.',
  ),
  EVENTS_NAME_TAKEN: entry(
    (p: { stream: string }) => `Events "${p.stream}" have the name of a map of the object`,
    'Rename the stream: metrics and their labels must tell it from the map.',
  ),
  EVENTS_CONDITION_INVALID: entry(
    (p: { setting: string; requirement: string; field: string }) =>
      `Condition "${p.setting}" must be ${p.requirement}, because ${p.field}`,
    'Correct the value, or name another field; types come from the BTF of the object.',
  ),
  MAP_NOT_EMPTIABLE: entry(
    (p: { map: string; type: string }) =>
      `Map "${p.map}" of type ${p.type} is listed under "fills" but cannot be cleared before the iterator runs`,
    'Let the iterator fill a hash, percpu_hash, lru_hash, array or percpu_array map.',
  ),
  MAP_NOT_PER_CPU: entry(
    (p: { map: string; type: string; setting: string }) =>
      `\`${p.setting}\` needs a per-CPU map, but map "${p.map}" is of type ${p.type}: it has one value for all CPUs`,
    (p) => `Remove \`${p.setting}\`, or count in a percpu_hash or percpu_array map.`,
  ),
  MAP_NOT_NESTED: entry(
    (p: { map: string; type: string }) =>
      `\`from: outer\` needs a map of maps, but map "${p.map}" is of type ${p.type}`,
    'Remove `from`: the label is then a field of the key.',
  ),
  INNER_MAPS_EXPIRE: entry(
    (p: { map: string }) => `\`expire\` is not allowed for map "${p.map}": entries of inner maps are never removed`,
    'Remove `expire`. A program can count in LRU maps instead: a full one removes its oldest entries.',
  ),
  MAP_WITHOUT_STACKS: entry(
    (p: { map: string; type: string; known: readonly string[] }) =>
      `\`stacks\` needs a map of type stack_trace, but map "${p.map}" is of type ${p.type}; ${listOf(p.known)}`,
    'Name the map that the program gave to bpf_get_stackid().',
  ),
  CPUS_NOT_COMBINED: entry(
    (p: { metric: string; map: string; type: string }) =>
      `Gauge "${p.metric}" has a value for each CPU: map "${p.map}" is of type ${p.type}`,
    'Add `combine: sum`, `max`, `min` or `avg`, or show each CPU by a label: `labels: { cpu: { from: cpu } }`.',
  ),
  MAP_KEY_UNSUITABLE: entry(
    (p: { map: string; type: string; actual: string }) =>
      `The key of ${p.type} map "${p.map}" must be a 4-byte integer, but is ${p.actual}`,
    'Arrays are indexed by __u32; use a hash map for other keys.',
  ),
} as const;
