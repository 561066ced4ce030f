/** `count()`, `sum()`, `hist()` and the like: adds to the value of a key. */
import type { Aggregation, ScriptMapUse } from '../check/map_table.js';
import { storedSize } from '../check/value_type.js';
import type { Operand, Register } from '../ir/program.js';
import { addTo, neverNests, useAsWriter } from './additions.js';
import { constant, helpers, type Memory } from './function_builder.js';
import { slotsOf } from './histogram_slots.js';
import type { Lowering } from './lowering.js';
import { isExported, mapName } from './map_names.js';
import { powerSlot } from './power_slot.js';

/**
 * Adds to the value of a key: a new key may be refused, then to the companion's value.
 * @param value what the script hands over, extended to 64 bits; a count has none
 */
export function updateAggregation(
  lowering: Lowering,
  map: ScriptMapUse,
  key: Memory,
  aggregation: Aggregation,
  value: Operand | undefined,
): void {
  const { builder } = lowering;
  const slot =
    value !== undefined && (aggregation.kind === 'hist' || aggregation.kind === 'lhist')
      ? slotOf(lowering, aggregation, value)
      : undefined;
  const end = builder.block();
  const found = lookUpOrAdd(lowering, map, key, end);
  const number = value ?? constant(1);
  useAsWriter(lowering, map);
  const isAlone = map.writers.size === 1 && neverNests(lowering);
  const add = (offset: number, amount: Operand) => addTo(lowering, { base: found, offset }, amount, isAlone);
  switch (aggregation.kind) {
    case 'count':
    case 'sum':
      add(0, number);
      break;
    case 'avg':
    case 'stats':
      add(0, number);
      add(8, constant(1));
      break;
    case 'min':
    case 'max':
      keepExtreme(lowering, found, aggregation, number);
      add(8, constant(1));
      break;
    default:
      observe(lowering, found, slot!, number, slotsOf(aggregation), isAlone);
  }
  builder.jump(end);
  builder.continueIn(end);
}

/** Keeps the value if it is the first, which the number of updates says, or further out than the one before. */
function keepExtreme(
  { builder }: Lowering,
  found: Register,
  aggregation: Extract<Aggregation, { kind: 'sum' | 'min' | 'max' | 'avg' | 'stats' }>,
  value: Operand,
): void {
  const [known, replace, counted] = [builder.block(), builder.block(), builder.block()];
  const updates = builder.load({ base: found, offset: 8 });
  builder.branch('equal', updates, constant(0), replace, known);
  builder.continueIn(known);
  const kept = builder.load({ base: found, offset: 0 });
  const isMinimum = aggregation.kind === 'min';
  const comparison = aggregation.isSigned ? (isMinimum ? 'signedAbove' : 'signedBelow') : isMinimum ? 'above' : 'below';
  builder.branch(comparison, kept, value, replace, counted);
  builder.continueIn(replace);
  builder.store({ base: found, offset: 0 }, value);
  builder.jump(counted);
  builder.continueIn(counted);
}

/** The sum has no negative values: Prometheus takes one that goes down for a restart. */
function observe(
  lowering: Lowering,
  found: Register,
  slot: Operand,
  value: Operand,
  slots: number,
  isAlone: boolean,
): void {
  const { builder } = lowering;
  const [inside, positive, count] = [builder.block(), builder.block(), builder.block()];
  const end = builder.block();
  builder.branch('below', slot, constant(slots), inside, end);
  builder.continueIn(inside);
  builder.branch('signedAbove', value, constant(0), positive, count);
  builder.continueIn(positive);
  addTo(lowering, { base: found, offset: 0 }, value, isAlone);
  builder.jump(count);
  builder.continueIn(count);
  const distance = builder.operate('shiftLeft', slot, constant(3));
  const at = builder.operate('add', found, distance);
  addTo(lowering, { base: at, offset: 8 }, constant(1), isAlone);
  builder.jump(end);
  builder.continueIn(end);
}

function slotOf(
  lowering: Lowering,
  aggregation: Extract<Aggregation, { kind: 'hist' | 'lhist' }>,
  value: Operand,
): Operand {
  const { builder } = lowering;
  if (aggregation.kind === 'hist') return powerSlot(builder, value, aggregation.bits);
  const { min, max, step } = aggregation;
  const slot = builder.register();
  const [notBelow, inside, above, end] = [builder.block(), builder.block(), builder.block(), builder.block()];
  builder.set(slot, constant(0));
  builder.branch('signedBelow', value, constant(BigInt.asUintN(64, min)), end, notBelow);
  builder.continueIn(notBelow);
  builder.branch('signedAtLeast', value, constant(BigInt.asUintN(64, max)), above, inside);
  builder.continueIn(inside);
  const distance = builder.operate('sub', value, constant(BigInt.asUintN(64, min)));
  builder.set(slot, builder.operate('add', builder.operate('div', distance, constant(step)), constant(1)));
  builder.jump(end);
  builder.continueIn(above);
  builder.set(slot, constant(slotsOf(aggregation) - 1));
  builder.jump(end);
  builder.continueIn(end);
  return slot;
}

/**
 * The value of a key, which is added if the map and the user's share of an exported map have a place for it; otherwise the companion's value, and the update
 * counts as lost there. Continues where there is a value; elsewhere at `otherwise`.
 */
export function lookUpOrAdd(lowering: Lowering, map: ScriptMapUse, key: Memory, otherwise: number): Register {
  const { builder, compilation } = lowering;
  if (lowering.hook.provider === 'iter' && !map.isRefilled) {
    map.isRefilled = true;
    compilation.maps.changed = true;
  }
  const name = mapName(map.name);
  const found = builder.register();
  const lookUp = () => builder.set(found, builder.helper(helpers.lookUp, builder.map(name), builder.addressOf(key)));
  lookUp();
  const done = builder.block();
  if (map.key?.length === 0) {
    builder.branch('unequal', found, constant(0), done, otherwise);
    builder.continueIn(done);
    return found;
  }
  compilation.usesZeroes = true;
  const [missing, add, again, refused] = [builder.block(), builder.block(), builder.block(), builder.block()];
  builder.branch('unequal', found, constant(0), done, missing);
  builder.continueIn(missing);
  // A map that is the script's own memory, or that an iterator fills anew, has no limit but its size.
  if (isExported(map) && !map.isRefilled) {
    compilation.usesNewcomers = true;
    const mayAdd = builder.call('may_add_key', builder.map(`${name}_newcomers`));
    builder.branch('unequal', mayAdd, constant(0), add, again);
  } else builder.jump(add);
  builder.continueIn(add);
  const zeroes = builder.register();
  builder.emit({ kind: 'mapValue', to: zeroes, map: '.rodata', offset: 0 });
  // BPF_NOEXIST: another CPU may have added it meanwhile.
  builder.helper(helpers.update, builder.map(name), builder.addressOf(key), zeroes, constant(1));
  builder.jump(again);
  builder.continueIn(again);
  lookUp();
  builder.branch('unequal', found, constant(0), done, refused);
  builder.continueIn(refused);
  const { companion } = lostUpdate(lowering, name, otherwise, map);
  builder.set(found, companion);
  builder.jump(done);
  builder.continueIn(done);
  return found;
}

/** Counts an update that did not fit. Continues with the companion's value. */
export function lostUpdate(
  lowering: Lowering,
  name: string,
  otherwise: number,
  map: ScriptMapUse,
): { companion: Register } {
  const { builder } = lowering;
  const first = lowering.temporary(8);
  builder.store(first, constant(0));
  const companion = builder.helper(helpers.lookUp, builder.map(`${name}_other`), builder.addressOf(first));
  builder.unlessZero(companion, otherwise);
  builder.addAtomically({ base: companion, offset: valueBytes(map) }, constant(1));
  return { companion };
}

/** Bytes of a map's value. */
export function valueBytes({ aggregation, value }: ScriptMapUse): number {
  if (aggregation === undefined) return value === undefined ? 8 : storedSize(value);
  switch (aggregation.kind) {
    case 'count':
    case 'sum':
      return 8;
    case 'hist':
    case 'lhist':
      return 8 + 8 * slotsOf(aggregation);
    default:
      return 16;
  }
}
