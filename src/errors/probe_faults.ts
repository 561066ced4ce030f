import { entry, unsupported } from './entry.js';
import { whyUnreadable } from './unreadable_maps.js';

/** What is wrong with a BPF object, or does not fit between it and its probe file. */
export const probeFaults = {
  OBJECT_NOT_FOUND: entry(
    (p: { probe: string; searched: readonly string[] }) =>
      `Probe "${p.probe}" has no BPF object: there is no file ${p.searched.map((path) => `"${path}"`).join(' or ')}`,
    'Compile the program (npm run build), or give the path of the object with "object:" in the probe file.',
  ),
  OBJECT_INVALID: entry(
    (p: { path: string; reason: string }) => `"${p.path}" is not a usable BPF object: ${p.reason}`,
    'Compile it with clang -target bpf -g -O2.',
  ),
  PROBE_FAILED: entry(
    (p: { probe: string; reason: string }) => `Probe "${p.probe}" failed because of a bug in SantaBPF: ${p.reason}`,
    'Please report it with the log at --log.level=debug.',
  ),
  PROBE_LATE: entry(
    (p: { probe: string; seconds: number }) =>
      `Probe "${p.probe}" is left out of this scrape: reading it takes longer than its deadline of ${p.seconds} s`,
    'Raise `probe_deadline` in the main file, or switch the probe off; /probes shows how long each probe takes.',
  ),
  PROBE_SUSPENDED: entry(
    (p: { probe: string; share: string; limit: string; total: string | undefined; until: string }) =>
      p.total === undefined
        ? `Probe "${p.probe}" is suspended: it cost ${p.share} of one CPU in the last minute, and its budget is ${p.limit}`
        : `Probe "${p.probe}" is suspended: all BPF programs cost ${p.total} of one CPU in the last minute, and the budget is ${p.limit}. This probe cost most: ${p.share}`,
    (p) =>
      `It is tried again at ${p.until}. To keep it, raise \`percent_of_one_cpu\` of the budget, or set \`budget: none\` for the probe.`,
  ),
  PROGRAM_UNKNOWN: entry(
    (p: { program: string; known: readonly string[]; nearest: string | undefined }) =>
      `The object has no program "${p.program}"; ${listOf(p.known)}`,
    (p) => suggestion(p.nearest) ?? 'Use the name of a program of the object.',
  ),
  PROGRAM_SECTION_UNKNOWN: entry(
    (p: { program: string; section: string }) =>
      `The section "${p.section}" of program "${p.program}" does not say what kind of program it is`,
    (p) =>
      `Say it in the probe file, for example ${attachYaml(p.program, '{ type: xdp, interfaces: [eth0] }')}, or leave the program out: ${attachYaml(p.program, '{ skip: true }')}.`,
  ),
  PROGRAM_NOT_ATTACHABLE: entry(
    (p: { program: string; section: string; reason: string }) =>
      `Program "${p.program}" (${p.section}) cannot be attached: ${p.reason}`,
    (p) => `Leave it out: ${attachYaml(p.program, '{ skip: true }')}.`,
  ),
  HOOK_INCOMPLETE: entry(
    (p: { program: string; section: string; what: string; example: string }) =>
      `Program "${p.program}" (${p.section}) is incomplete: nothing says ${p.what}`,
    (p) =>
      p.example === ''
        ? `Name it in the section of the program, or leave the program out: ${attachYaml(p.program, '{ skip: true }')}.`
        : `Add it to the probe file, for example ${attachYaml(p.program, p.example)}. docs/hooks.md has all settings.`,
  ),
  HOOK_SETTING_UNSUITABLE: entry(
    (p: { program: string; section: string; kind: string; setting: string; settings: readonly string[] }) =>
      `Setting "${p.setting}" does not fit program "${p.program}" (${p.section}), which is a ${p.kind} program`,
    (p) =>
      p.settings.length === 0
        ? 'Remove it: the section says all about the hook.'
        : `Programs of this kind have ${p.settings.map((name) => `\`${name}\``).join(', ')}; docs/hooks.md describes them.`,
  ),
  PROGRAMS_OVERLAP: entry(
    (p: { hook: string; programs: readonly string[] }) =>
      `Programs ${p.programs.map((name) => `"${name}"`).join(', ')} have the same hook "${p.hook}", so events would be counted more than once`,
    (p) =>
      `List those that replace each other, best first: \`programs: { alternatives: [[${p.programs.slice(0, 2).join(', ')}]] }\`. Leave others out: ${attachYaml(p.programs.at(-1)!, '{ skip: true }')}.`,
  ),
  PROGRAM_NOT_ITERATOR: entry(
    (p: { program: string; section: string }) =>
      `Program "${p.program}" is listed under "iterators" but is not an iterator: its section is "${p.section}"`,
    'Remove it from the list. Only programs in a section "iter/..." or "syscall" run at every scrape; others run when their hook is reached.',
  ),
  ITERATOR_MAP_UNSUITABLE: entry(
    (p: { program: string; section: string }) =>
      p.section.endsWith('/bpf_map_elem')
        ? `Iterator "${p.program}" (${p.section}) has no map to visit`
        : `Iterator "${p.program}" (${p.section}) visits no map, but has the setting "over"`,
    (p) =>
      p.section.endsWith('/bpf_map_elem')
        ? 'Name the map whose entries it visits: `over: NAME`.'
        : 'Remove `over`: only programs in the section "iter/bpf_map_elem" visit the entries of a map.',
  ),
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
  FIELD_PATH_INVALID: entry(
    (p: { path: string; reason: string }) => `Invalid field path "${p.path}": ${p.reason}`,
    'Write the path as in C, without spaces: members with a dot, array elements with an index in brackets ("a.b", "a[0].c").',
  ),
  FIELD_UNKNOWN: entry(
    (p: { parent: string; type: string; name: string; fields: readonly string[]; nearest: string | undefined }) =>
      `${capitalized(p.parent)} (${p.type}) has no field "${p.name}"; ${listOf(p.fields)}`,
    (p) =>
      suggestion(p.nearest) ??
      (p.fields.length === 0
        ? 'Remove the field name from the path.'
        : 'Use one of these names, which come from the BTF of the object.'),
  ),
  FIELD_INDEX_INVALID: entry(
    (p: { path: string; index: number; type: string; count: number }) =>
      p.count === 0
        ? `Cannot read element ${p.index} in "${p.path}": ${p.type} is a flexible array of unknown length`
        : `Index ${p.index} in "${p.path}" is out of range: ${p.type} has ${p.count} elements, counted from 0`,
    (p) => (p.count === 0 ? 'Name another field.' : 'Use an index inside the array.'),
  ),
  FIELD_UNSUITABLE: entry(
    (p: { requirement: string; problem: string }) => `${capitalized(p.requirement)}: ${p.problem}`,
    'Name another field, or change the type in the BPF program; types come from the BTF of the object.',
  ),
  HISTOGRAM_SHAPE_UNKNOWN: entry(
    (p: { metric: string; problem: string; proposal: string | undefined }) =>
      `Nothing says what the slots of histogram "${p.metric}" count: ${p.problem}`,
    (p) =>
      p.proposal === undefined
        ? 'Add `unit: ns` to the metric, and `_seconds` to its name.'
        : `If slot i counts from 2^i to below 2^(i+1), as in bcc and libbpf-tools, add "${p.proposal}". docs/histograms.md has the settings for other shapes.`,
  ),
  DECODER_UNSUITABLE: entry(
    (
      p:
        | { label: string; decoder: string; takes: string; field: string }
        | { label: string; decoder: string; after: string }
        | { label: string; undecoded: string },
    ) => {
      if ('undecoded' in p) return `Label "${p.label}" needs a decoder: ${p.undecoded}`;
      const subject = `Decoder "${p.decoder}" of label "${p.label}"`;
      return 'after' in p
        ? `${subject} must come first: it reads the raw field, not the output of "${p.after}"`
        : `${subject} takes ${p.takes}, but ${p.field}`;
    },
    'Name another field or another decoder; docs/decoders.md lists what each decoder takes.',
  ),
  DECODER_KEY_INVALID: entry(
    (p: { label: string; key: string; requirement: string; field: string }) =>
      `Decoder "map" of label "${p.label}" can never match "${p.key}": its left sides must be ${p.requirement}, because ${p.field}`,
    'A "map" that comes first sees the number itself. To map the names of an enum, write decode: [enum, { map: ... }].',
  ),
  OVERFLOW_UNSUITABLE: entry(
    (p: { map: string; companion: string; reason: string }) =>
      `Map "${p.companion}" cannot be the overflow companion of map "${p.map}": ${p.reason}`,
    'Declare it with the macro of bpf/include, as one entry of struct { V value; __u64 lost; }, or rename it if it serves another purpose.',
  ),
  CONSTANT_UNKNOWN: entry(
    (p: { name: string; nearest: string | undefined; known: readonly string[] }) =>
      `The object has no constant "${p.name}"; ${listOf(p.known)}`,
    (p) => suggestion(p.nearest) ?? 'Constants are global variables declared "const volatile" in the BPF program.',
  ),
  CONSTANT_INVALID: entry(
    (p: { name: string; requirement: string; received: string } | { name: string; unsupported: string }) =>
      'unsupported' in p
        ? `Constant "${p.name}" cannot be set: it is ${p.unsupported}`
        : `Constant "${p.name}" must be ${p.requirement}, not ${p.received}`,
    (p) =>
      'unsupported' in p
        ? 'Declare it as an integer, an enum, a bool or a char array.'
        : 'Correct the value; its type comes from the BTF of the object.',
  ),
} as const;

/** The line of a probe file about the hook of a program. */
function attachYaml(program: string, settings: string): string {
  return `\`programs: { attach: { ${program}: ${settings} } }\``;
}

/** A clause about what the object or the parent has. */
function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
}

function suggestion(nearest: string | undefined): string | undefined {
  return nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
}

/** Starts a sentence with a phrase. */
function capitalized(phrase: string): string {
  return phrase.replace(/^./, (first) => first.toUpperCase());
}
