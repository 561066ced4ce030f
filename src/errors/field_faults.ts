import { capitalized, listOf, suggestion } from './clauses.js';
import { entry } from './entry.js';

/** What does not fit between a probe file and the fields, histograms, labels and constants of its object. */
export const fieldFaults = {
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
