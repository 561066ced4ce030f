import type { LabelSpec, MetricSpec } from '../config/probe_schema.js';
import { fault } from '../errors/fault.js';
import { mapKind } from '../maps/map_kind.js';
import type { LabelSetDecoder, MapDescription } from './binding.js';
import { type Chain, compileChain } from './chain.js';
import type { DecodeContext } from './context.js';
import { FaultCollector, type Locate } from './fault_collector.js';
import { originOf } from './metric_value.js';
import { select } from './path.js';

/** What the overflow row has in place of what the full map could not keep. */
const overflowText = 'other';

interface Column {
  readonly name: string;
  readonly constant?: string;
  readonly from?: 'key' | 'value';
  readonly chain?: Chain;
}

/**
 * Compiles the labels of a metric.
 * @throws Faults with everything that does not fit
 */
export function compileLabels(
  spec: MetricSpec,
  map: MapDescription,
  context: DecodeContext,
  locate: Locate,
): LabelSetDecoder {
  const faults = new FaultCollector();
  const columns: Column[] = [];
  for (const [name, label] of Object.entries(spec.labels)) {
    const column = faults.attempt(() =>
      compileLabel(name, label, map, context, (path) => locate(['labels', name, ...path])),
    );
    if (column) columns.push(column);
  }
  faults.throwIfAny();
  return new CompiledLabels(columns, context);
}

function compileLabel(
  name: string,
  label: LabelSpec,
  map: MapDescription,
  context: DecodeContext,
  locate: Locate,
): Column {
  if (label.constant !== undefined) return { name, constant: label.constant };
  const { from, field } = label;
  if (from === 'value' && mapKind(map.type).isPerCpu) {
    const parameters = {
      expected: 'a field of the key',
      purpose: `label "${name}"`,
      received: `one of the value of ${map.type} map "${map.name}", which differs from CPU to CPU`,
    };
    throw fault('FIELD_UNSUITABLE', parameters, { location: locate(['from']) });
  }
  const at = locate(field === undefined ? [] : ['field']);
  const origin = originOf(map, from, at);
  const selected = select(origin, field, at);
  return { name, from, chain: compileChain(name, selected, origin.layout.size, label.decode, context, locate) };
}

class CompiledLabels implements LabelSetDecoder {
  readonly names: readonly string[];
  readonly overflow: readonly string[];
  readonly usesValue: boolean;
  readonly announce?: (key: Uint8Array, value?: Uint8Array) => void;
  private readonly prepares: readonly ((context: DecodeContext) => Promise<void> | undefined)[];

  constructor(
    private readonly columns: readonly Column[],
    private readonly context: DecodeContext,
  ) {
    this.names = columns.map(({ name }) => name);
    this.overflow = columns.map(({ constant }) => constant ?? overflowText);
    this.usesValue = columns.some(({ from }) => from === 'value');
    const announcing = columns.flatMap(({ from, chain }) =>
      chain?.announce ? [{ from, announce: chain.announce }] : [],
    );
    if (announcing.length > 0) {
      this.announce = (key, value) => {
        for (const { from, announce } of announcing) announce(from === 'key' ? key : value!);
      };
    }
    this.prepares = columns.flatMap(({ chain }) => chain?.prepare ?? []);
  }

  prepare(): Promise<void> | undefined {
    if (this.prepares.length === 0) return undefined;
    const pending = this.prepares.map((prepare) => prepare(this.context)).filter((promise) => promise !== undefined);
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  }

  decode(key: Uint8Array, value?: Uint8Array): readonly string[] | undefined {
    const { columns } = this;
    const texts = new Array<string>(columns.length);
    for (let i = 0; i < columns.length; i++) {
      const { constant, from, chain } = columns[i]!;
      const text = constant ?? chain!.decode(from === 'key' ? key : value!);
      if (text === undefined) return undefined;
      texts[i] = text;
    }
    return texts;
  }
}
