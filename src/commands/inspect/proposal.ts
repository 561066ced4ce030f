/** A probe file for an object of another project: one metric for each number that a map holds. */
import { basename } from 'node:path';
import type { BtfType } from '../../decode/btf/btf.js';
import { layoutOf } from '../../decode/type_layout.js';
import { type GuessedLabels, guessLabels } from './guessed_labels.js';
import { type GuessedValue, guessUnit, guessValues } from './guessed_values.js';
import type { ObjectMap, ObjectParts, ObjectProgram } from './object_parts.js';

/** What is proposed for a map. */
export interface MapProposal {
  readonly map: string;
  /** Lines of YAML, below `metrics:`. Empty: nothing is proposed. */
  readonly lines: readonly string[];
  /** Lines below `events:`. */
  readonly events: readonly string[];
  /** Why nothing is proposed; null if something is. */
  readonly reason: string | null;
}

/** Maps of the library in bpf/include, which the exporter reads itself. */
export const ofLibrary =
  /^(?:runs_of_|counted_by_)|_(?:other|newcomers)$|^(?:syscall|tcp_state)_handler(?:s|_lists|s_measured|_time)$|^(?:unnamed_)?syscall_exits$/;
/** Maps that remember something until the end of an event. */
const scratch = /start|under_way|begin|inflight|in_flight|scratch|temp|tmp|heap|entry_info|infos?$|sockets?$|args/i;
/** An array with fewer entries is rather one of counters. */
const fewestSlots = 16;
const slotField = /^(?:bucket|slot)$/;

/** The name of a probe for an object file: `x` for `x.bpf.o`. */
export function probeNameOf(path: string): string {
  const name = basename(path)
    .replace(/(?:[.]bpf)?[.]o$/, '')
    .replace(/[^A-Za-z0-9_-]/g, '_');
  return (/^[A-Za-z]/.test(name) ? name : `probe_${name}`).slice(0, 64);
}

/** The whole probe file. */
export function probeFile({ path, programs }: ObjectParts, proposals: readonly MapProposal[]): string {
  const probe = probeNameOf(path);
  const events = proposals.flatMap((proposal) => proposal.events);
  const metrics = proposals.flatMap(({ lines }) => lines);
  const attach = programs.flatMap(attachLines);
  return [
    `# Proposed by: santabpf inspect. What is marked "guess" the object does not say.`,
    `probe: ${probe}`,
    `summary: What ${probe} counts.`,
    `object: ${JSON.stringify(path)}`,
    ...(attach.length === 0 ? [] : ['programs:', '  attach:', ...attach]),
    ...(events.length === 0 ? [] : ['events:', ...events]),
    'metrics:',
    ...metrics,
    '',
  ].join('\n');
}

function attachLines({ name, section, missing, problem }: ObjectProgram): string[] {
  const skipped = `    ${name}: { skip: true } # ${section}`;
  if (problem !== null) return [`${skipped}: ${problem}`];
  if (missing === null) return [];
  const hint = missing.example === '' ? '' : `. Write it, as in ${missing.example}`;
  return [`${skipped} does not say ${missing.what}${hint}`];
}

export function proposeMaps(parts: ObjectParts): MapProposal[] {
  const names = new Set<string>();
  return parts.maps.map((map) => {
    const reason = refusal(map);
    if (reason !== undefined) return { map: map.name, lines: [], events: [], reason };
    if (isBuffer(map)) return proposeEvents(parts, map, names);
    const lines = valuesOf(map).flatMap((value) => metricLines(probeNameOf(parts.path), map, value, names));
    return {
      map: map.name,
      lines,
      events: [],
      reason: lines.length === 0 ? 'its values have no number that could be a metric' : null,
    };
  });
}

const isBuffer = ({ type }: ObjectMap) => type === 'ringbuf' || type === 'perf_event_array';

function refusal({ name, type, isReadable, value, problem, keySize }: ObjectMap): string | undefined {
  if (problem !== null) return problem;
  if (ofLibrary.test(name)) return 'the exporter reads it itself';
  if (name.startsWith('.rodata') || name.startsWith('.kconfig') || name.startsWith('.ksyms'))
    return 'it holds constants: set them with `constants`';
  if (isBuffer({ type } as ObjectMap)) return undefined;
  if (!isReadable) return `metrics do not read maps of type ${type}`;
  if (value === undefined) return 'the object has no type for its values';
  if (keySize === 0) return 'it has no keys';
  if (scratch.test(name)) return 'its name says that it remembers something until an event ends';
  return undefined;
}

function valuesOf({ name, value }: ObjectMap): GuessedValue[] {
  return guessValues(value, name);
}

function metricLines(probe: string, map: ObjectMap, value: GuessedValue, names: Set<string>): string[] {
  const { key, keySize, maxEntries, type } = map;
  const isIndex = type === 'array' || type === 'percpu_array';
  const guessed = guessLabels(key, keySize, isIndex, map.name.startsWith('.') ? 1 : maxEntries);
  const slot =
    key?.kind === 'struct' && value.type === 'counter'
      ? guessed.labels.find(({ name }) => slotField.test(name))
      : undefined;
  if (slot !== undefined) return slotLines(probe, map, guessed, slot.field!, names);
  if (
    isIndex &&
    maxEntries >= fewestSlots &&
    value.type === 'counter' &&
    value.path === undefined &&
    guessUnit(map.name)
  )
    return slotLines(probe, map, { labels: [], omitted: [] }, 'index', names);
  const name = uniqueName([probe, map.name, value.path], value.type, value.shape?.unit, names);
  // Such a name promises base units.
  const promised = name.includes('seconds') ? (guessUnit(`${map.name}_${value.path ?? ''}`) ?? 'ns') : undefined;
  const unit = value.shape?.unit ?? promised;
  const isUnitGuessed = value.type === 'counter' || value.guesses.some((each) => each.startsWith('the unit'));
  const lines = [
    `  - name: ${name}`,
    `    type: ${value.type}${value.guesses[0] !== undefined && value.type === 'counter' ? ` # guess: ${value.guesses[0]}` : ''}`,
    `    help: ${helpOf(map, value.path)}`,
    `    map: ${map.name}`,
    ...(value.path === undefined ? [] : [`    value: ${value.path}`]),
    ...(unit === undefined ? [] : [`    unit: ${unit}${isUnitGuessed ? ' # guess, by the name' : ''}`]),
    ...(value.shape?.buckets === undefined ? [] : [`    buckets: ${value.shape.buckets} # guess: ${value.guesses[0]}`]),
  ];
  return [...lines, ...labelLines(guessed)];
}

/** A map with an entry for each slot of a histogram. In an array the index is the slot. */
function slotLines(probe: string, map: ObjectMap, guessed: GuessedLabels, field: string, names: Set<string>): string[] {
  const unit = guessUnit(map.name);
  const last = field === 'index' ? map.maxEntries - 2 : 26;
  return [
    `  - name: ${uniqueName([probe, map.name], 'histogram', unit, names)}`,
    '    type: histogram',
    `    help: ${helpOf(map, undefined)}`,
    `    map: ${map.name}`,
    ...(unit === undefined ? [] : [`    unit: ${unit} # guess, by the name`]),
    `    buckets: { key: ${field}, edges: floor, last: ${last}, sum: after_last } # guess: slots 0 to ${last} by log2, the sum in slot ${last + 1} (docs/histograms.md)`,
    ...labelLines({ ...guessed, labels: guessed.labels.filter((label) => label.field !== field) }),
  ];
}

function labelLines({ labels, omitted }: GuessedLabels): string[] {
  const lines = labels.map(({ name, field, decode }) => {
    const settings = [
      field === undefined ? '' : `field: ${field}`,
      decode === undefined ? '' : `decode: ${decode}`,
    ].filter(Boolean);
    const isGuess = decode !== undefined && decode !== 'string';
    return `      ${name}: {${settings.length === 0 ? '' : ` ${settings.join(', ')} `}}${isGuess ? ' # guess, by the name' : ''}`;
  });
  return [
    ...(lines.length === 0 ? [] : ['    labels:', ...lines]),
    ...omitted.map(({ field, reason }) => `      # no label for ${field}: ${reason}`),
  ];
}

/** Records whose type has a name like `event`, if the object has one. */
function proposeEvents({ path, btf }: ObjectParts, map: ObjectMap, names: Set<string>): MapProposal {
  const base = { map: map.name, lines: [], events: [] };
  for (let id = 1; id < btf.typeCount; id++) {
    const type: BtfType = btf.type(id);
    if (type.kind !== 'struct' || !/event|record|^data_t$/.test(type.name) || /^(?:trace_|perf_|bpf_)/.test(type.name))
      continue;
    const stream = map.name.replace(/\W/g, '_');
    const { labels } = guessLabels(layoutOf(btf, id), type.size, false, 0);
    const chosen = labels.filter(({ field, decode }) =>
      decode === undefined ? /comm|command/.test(field ?? '') : /errno|signal/.test(decode),
    );
    return {
      map: map.name,
      events: [`  ${stream}: { buffer: ${map.name}, type: struct ${type.name} } # guess: the type of its records`],
      lines: [
        `  - name: ${uniqueName([probeNameOf(path), stream], 'counter', undefined, names)}`,
        '    type: counter',
        `    help: Records in ${map.name}.`,
        `    events: ${stream}`,
        ...labelLines({ labels: chosen, omitted: [] }),
      ],
      reason: null,
    };
  }
  return {
    ...base,
    reason:
      'the object does not say what its records are: copy the struct from its source into `events` (docs/foreign.md)',
  };
}

const helpOf = ({ name }: ObjectMap, path: string | undefined) =>
  JSON.stringify(`${path === undefined ? 'Values' : `Field ${path}`} of map ${name}.`);

/** `PROBE_MAP_FIELD_total`, without a word twice. */
function uniqueName(
  parts: readonly (string | undefined)[],
  type: string,
  unit: string | undefined,
  names: Set<string>,
): string {
  const words = parts.flatMap((part) => (part ?? '').toLowerCase().split(/[^a-z0-9]+|_/)).filter((word) => word !== '');
  const ending = type === 'counter' ? 'total' : unit === undefined ? 'values' : unit === 'bytes' ? 'bytes' : 'seconds';
  const kept = words.filter((word, index) => words.indexOf(word) === index && word !== ending);
  const stem = [...kept, ending].join('_').slice(0, 150);
  let name = stem;
  for (let number = 2; names.has(name); number++) name = stem.replace(/_([a-z]+)$/, `_${number}_$1`);
  names.add(name);
  return name;
}
