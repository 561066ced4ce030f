import type { LabelSpec, MetricSpec } from '../config/probe_schema.js';
import { fault } from '../errors/fault.js';
import { mapKind } from '../maps/map_kind.js';
import type { DecodeContext } from './context.js';
import { compileChain, type DecoderChain } from './decoder_chain.js';
import { partNumber, partSuffix } from './entry_parts.js';
import { FaultCollector, type Locate } from './fault_collector.js';
import { labelSurroundings } from './label_surroundings.js';
import { type MapDescription, originOf } from './map_description.js';
import { type Selected, select } from './path.js';

/** Decodes the label values of a metric. */
export interface LabelSetDecoder {
  /** In the order of the probe file, including constant labels. */
  readonly names: readonly string[];
  /** Label values of the overflow row: constants as they are, `other` for the rest. */
  readonly overflow: readonly string[];
  /** Whether labels depend on the value: they can then change while the key stays. */
  readonly usesValue: boolean;
  /** Where present: to be called with every entry that will be decoded, before `prepare`. Parameters as of `decode`. */
  readonly announce?: (key: Uint8Array, value?: Uint8Array) => void;
  /** Loads tables that `decode` cannot wait for. Call it before a run of `decode` calls. Undefined: nothing to wait for. Never rejects. */
  prepare(): Promise<void> | undefined;
  /**
   * Label values of one entry, in the order of `names`: valid UTF-8, at most 128 characters each.
   * @param key `keySize` bytes; of a part of an entry also its numbers, see `EntryParts`
   * @param value `valueSize` bytes, required when `usesValue`
   * @returns undefined when a regex drops the entry
   * @throws when the entry cannot be decoded; the entry is then skipped and counted
   */
  decode(key: Uint8Array, value?: Uint8Array): readonly string[] | undefined;
}

/** Label value of the overflow row, which counts the events that a full map had no entry for. */
const overflowText = 'other';

interface ConstantColumn {
  readonly name: string;
  readonly constant: string;
}

interface FieldColumn {
  readonly name: string;
  readonly constant?: undefined;
  /** Only decides which entries are left out. */
  readonly isDropped: boolean;
  readonly from: 'key' | 'value';
  readonly chain: DecoderChain;
}

type Maps = ReadonlyMap<string, MapDescription>;
type Column = ConstantColumn | FieldColumn;

/**
 * Compiles the labels of a metric.
 * @param maps of the object, which decoders may name
 * @throws Faults with every problem found
 */
export function compileLabels(
  spec: MetricSpec,
  map: MapDescription,
  maps: Maps,
  context: DecodeContext,
  locate: Locate,
): LabelSetDecoder {
  const faults = new FaultCollector();
  const columns: Column[] = [];
  for (const [name, label] of Object.entries(spec.labels)) {
    const column = faults.attempt(() =>
      compileLabel(name, label, map, maps, context, (path) => locate(['labels', name, ...path])),
    );
    if (column) columns.push(column);
  }
  faults.throwIfAny();
  return new CompiledLabels(columns);
}

function compileLabel(
  name: string,
  label: LabelSpec,
  map: MapDescription,
  maps: Maps,
  context: DecodeContext,
  locate: Locate,
): Column {
  if (label.constant !== undefined) return { name, constant: label.constant };
  const { from, field } = label;
  if (from === 'cpu' || from === 'index') return partColumn(name, from, label, map, maps, context, locate);
  if (from === 'value' && mapKind(map.type).isPerCpu) {
    const parameters = {
      requirement: `label "${name}" must be a field of the key`,
      problem: `the value of ${map.type} map "${map.name}" differs from CPU to CPU`,
    };
    throw fault('FIELD_UNSUITABLE', parameters, { location: locate(['from']) });
  }
  const at = locate(field === undefined ? [] : ['field']);
  const origin = originOf(map, from, from === 'outer' ? locate(['from']) : at);
  const selected = select(origin, field, at);
  const total = origin.size ?? origin.layout.size;
  return {
    name,
    from: from === 'value' ? 'value' : 'key',
    isDropped: label.isDropped === true,
    chain: compileChain(name, selected, total, label.decode, context, locate, labelSurroundings(origin, maps)),
  };
}

/** The number of a CPU, or of an element of an array: it follows the key. */
function partColumn(
  name: string,
  from: 'cpu' | 'index',
  { decode, isDropped }: LabelSpec & { readonly constant?: undefined },
  map: MapDescription,
  maps: Maps,
  context: DecodeContext,
  locate: Locate,
): FieldColumn {
  const what = from === 'cpu' ? 'the number of the CPU' : 'the index of the array element';
  const selected: Selected = { title: what, layout: partNumber, offset: map.keySize + partSuffix[from] };
  const total = map.keySize + partSuffix.size;
  const origin = originOf(map, 'key', locate(['from']));
  const surroundings = labelSurroundings(origin, maps);
  const chain = compileChain(name, selected, total, decode, context, locate, surroundings);
  return { name, from: 'key', isDropped: isDropped === true, chain };
}

class CompiledLabels implements LabelSetDecoder {
  readonly names: readonly string[];
  readonly overflow: readonly string[];
  readonly usesValue: boolean;
  readonly announce?: (key: Uint8Array, value?: Uint8Array) => void;
  private readonly prepares: readonly (() => Promise<void> | undefined)[];

  constructor(private readonly columns: readonly Column[]) {
    const shown = columns.filter((column) => column.constant !== undefined || !column.isDropped);
    this.names = shown.map(({ name }) => name);
    this.overflow = shown.map(({ constant }) => constant ?? overflowText);
    const fields = columns.filter((column) => column.constant === undefined);
    this.usesValue = fields.some(({ from }) => from === 'value');
    const announcing = fields.flatMap(({ from, chain: { announce } }) => (announce ? [{ from, announce }] : []));
    if (announcing.length > 0) {
      this.announce = (key, value) => {
        for (const { from, announce } of announcing) announce(from === 'key' ? key : value!);
      };
    }
    this.prepares = fields.flatMap(({ chain }) => chain.prepare ?? []);
  }

  prepare(): Promise<void> | undefined {
    const pending = this.prepares.map((prepare) => prepare()).filter((promise) => promise !== undefined);
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  }

  decode(key: Uint8Array, value?: Uint8Array): readonly string[] | undefined {
    const texts = new Array<string>(this.names.length);
    let count = 0;
    for (const column of this.columns) {
      const text = column.constant ?? column.chain.decode(column.from === 'key' ? key : value!);
      if (text === undefined) return undefined;
      if (column.constant !== undefined || !column.isDropped) texts[count++] = text;
    }
    return texts;
  }
}
