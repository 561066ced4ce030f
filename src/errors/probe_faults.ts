import { entry } from './entry.js';

/** What is wrong with a BPF object, or between it and its probe file. */
export const probeFaults = {
  OBJECT_NOT_FOUND: entry(
    (p: { probe: string; searched: readonly string[] }) =>
      `Expected the BPF object of probe "${p.probe}" at ${p.searched.map((path) => `"${path}"`).join(' or ')} but found no file there`,
    'Compile the program (npm run build), or name the object with "object:" in the probe file.',
  ),
  OBJECT_INVALID: entry(
    (p: { path: string; reason: string }) => `Expected "${p.path}" to be a BPF object but received ${p.reason}`,
    'Compile it with clang -target bpf -g -O2; libbpf loads only such files.',
  ),
  PROBE_FAILED: entry(
    (p: { probe: string; reason: string }) => `Expected probe "${p.probe}" to start but received ${p.reason}`,
    'This is a fault of SantaBPF itself: please report it with the log at --log.level=debug.',
  ),
  PROGRAM_UNKNOWN: entry(
    (p: { program: string; known: readonly string[] }) =>
      `Expected a program of the object but received "${p.program}"; the object has ${p.known.join(', ')}`,
    'Use one of these names.',
  ),
  PROGRAM_NOT_ITERATOR: entry(
    (p: { program: string; section: string }) =>
      `Expected an iterator (SEC("iter/...")) under "iterators" but received program "${p.program}" of section "${p.section}"`,
    'Only iterators are run at every scrape; other programs run when the kernel passes their hook. Remove it from the list.',
  ),
  MAP_UNKNOWN: entry(
    (p: { map: string; known: readonly string[] }) =>
      `Expected a map of the object but received "${p.map}"; the object has ${p.known.join(', ')}`,
    'Use one of these names.',
  ),
  BTF_INVALID: entry(
    (p: { what: string; found: string }) => `Expected well-formed BTF but found in ${p.what} ${p.found}`,
    'Compile the object again with clang -target bpf -g; if the fault stays, report it with the object attached.',
  ),
  MAP_UNTYPED: entry(
    (p: { map: string; part: 'key' | 'value' }) =>
      `Expected a BTF type for the ${p.part} of map "${p.map}" but its definition has only a size`,
    (p) => `Define the map with __type(${p.part}, ...) instead of __uint(${p.part}_size, ...), and compile with -g.`,
  ),
  MAP_SIZE_MISMATCH: entry(
    (p: { map: string; part: 'key' | 'value'; type: string; expected: number; received: number }) =>
      `Expected a ${p.part} of ${p.expected} bytes for map "${p.map}" but its BTF type "${p.type}" has ${p.received}`,
    'Compile the object again; its map definition and its type information disagree.',
  ),
  MAP_NOT_READABLE: entry(
    (p: { map: string; type: string }) =>
      `Expected a hash or array map for a metric but received "${p.map}", which is of type ${p.type}`,
    'Count in a hash, percpu_hash, lru_hash, array or percpu_array map, or in a global variable (map: .bss).',
  ),
  MAP_NOT_EMPTIABLE: entry(
    (p: { map: string; type: string }) =>
      `Expected a hash or array map under "fills" but received "${p.map}", which is of type ${p.type}`,
    'Have the iterator fill a hash, percpu_hash, lru_hash, array or percpu_array map.',
  ),
  MAP_KEY_UNSUITABLE: entry(
    (p: { map: string; type: string; received: string }) =>
      `Expected a 4-byte integer as the key of ${p.type} map "${p.map}" but received "${p.received}"`,
    'Arrays are indexed by __u32; use a hash map for other keys.',
  ),
  FIELD_PATH_INVALID: entry(
    (p: { path: string; reason: string }) =>
      `Expected a path such as "a.b" or "a[0].c" but received "${p.path}": ${p.reason}`,
    'Name fields as in C, without spaces: members with a dot, array elements with an index in brackets.',
  ),
  FIELD_UNKNOWN: entry(
    (p: { name: string; path: string; of: string; nearest: string | undefined; fields: readonly string[] }) =>
      `Expected a field of ${p.of} but received "${p.name}"${p.path === p.name ? '' : ` in "${p.path}"`}${p.nearest === undefined ? '' : ` (did you mean "${p.nearest}"?)`}; ${
        p.fields.length === 0 ? 'it has no fields' : `it has ${p.fields.join(', ')}`
      }`,
    (p) =>
      p.fields.length === 0
        ? 'Leave the path out to name the whole.'
        : 'Use one of these names; they come from the BTF of the object.',
  ),
  FIELD_INDEX_INVALID: entry(
    (p: { path: string; of: string; index: number; count: number }) =>
      `Expected an index of ${p.of} for "${p.path}" but received ${p.index}; ${
        p.count === 0 ? 'the array is flexible, its length is not known' : `it has ${p.count} elements, the first is 0`
      }`,
    'Use an index that is inside the array.',
  ),
  FIELD_UNSUITABLE: entry(
    (p: { expected: string; purpose: string; received: string }) =>
      `Expected ${p.expected} for ${p.purpose} but received ${p.received}`,
    'Name another field, or change the type in the BPF program; types come from the BTF of the object.',
  ),
  DECODER_UNSUITABLE: entry(
    (p: { decoder: string; expected: string; label: string; received: string }) =>
      `Expected ${p.expected} for decoder "${p.decoder}" of label "${p.label}" but received ${p.received}`,
    'Name another field or another decoder; docs/decoders.md lists what each decoder takes.',
  ),
  DECODER_KEY_INVALID: entry(
    (p: { label: string; key: string; received: string; expected: string }) =>
      `Expected ${p.expected} on the left side of decoder "map" of label "${p.label}" for ${p.received} but received "${p.key}"`,
    'A map that comes first sees the number itself; to map the names of an enum write decode: [enum, { map: ... }].',
  ),
  OVERFLOW_UNSUITABLE: entry(
    (p: { map: string; companion: string; reason: string }) =>
      `Expected "${p.companion}" to count what finds map "${p.map}" full, as one entry of struct { V value; __u64 lost; }, but ${p.reason}`,
    'Define it with the macro of bpf/include, or rename it when it is not meant as the overflow entry.',
  ),
  CONSTANT_UNKNOWN: entry(
    (p: { name: string; nearest: string | undefined; known: readonly string[] }) =>
      `Expected a constant of the object but received "${p.name}"${p.nearest === undefined ? '' : ` (did you mean "${p.nearest}"?)`}; ${
        p.known.length === 0 ? 'the object has none' : `the object has ${p.known.join(', ')}`
      }`,
    'Constants are global variables declared "const volatile" in the BPF program.',
  ),
  CONSTANT_INVALID: entry(
    (p: { name: string; expected: string; received: string }) =>
      `Expected ${p.expected} for constant "${p.name}" but received ${p.received}`,
    'Correct the value; its type comes from the BTF of the object.',
  ),
} as const;
