/** `for ($kv : @map) { }`: the body is a function of its own, which the kernel calls for each entry. */
import type { ScriptMapUse } from '../check/map_table.js';
import type { ValueType } from '../check/value_type.js';
import type { IrFunction } from '../ir/program.js';
import { isAtLeast } from '../resolve/kernel_types.js';
import { ScriptProblem } from '../resolve/problem.js';
import { rewritten } from '../syntax/rewriting.js';
import type { Block, Statement } from '../syntax/tree.js';
import { constant, helpers, type Memory, shifted } from './function_builder.js';
import { Lowering } from './lowering.js';
import { mapName } from './map_names.js';

type MapLoop = Extract<Statement, { kind: 'for entries' }>;

/**
 * What the body has in common with the program around it, in the program's stack: these words, then addresses of entries. Variables are
 * in the scratch memory: on the stack the verifier would follow their values from round to round.
 */
const contextAt = 0;
const scratchAt = 8;
const entriesAt = 16;

/** Names of variables that the body reaches. */
interface Shared {
  /** Those with a register of their own. */
  readonly registers: readonly string[];
  /** Those of the loops around this one. */
  readonly entries: readonly string[];
}

/** Whether a loop over a map is anywhere in a block. */
export function hasMapLoop(block: Block): boolean {
  let found = false;
  rewritten(block, (node) => {
    found ||= node.kind === 'for entries';
    return node;
  });
  return found;
}

/** @throws ScriptProblem if the kernel is too old, or if the map has no keys */
export function forEntries(lowering: Lowering, loop: MapLoop): void {
  const { builder, compilation, scratch } = lowering;
  const map = mapOf(lowering, loop);
  const shared = sharedWith(lowering, loop);
  const frame = builder.frame(entriesAt + 16 * shared.entries.length);
  const name = `loop_${compilation.functions.size}`;
  const returned: Memory = { base: lowering.scratchBase, offset: scratch.variable(`${name} returned`, 8) };
  fill(lowering, frame, shared);
  builder.store(returned, constant(0));
  compilation.functions.set(name, unfinished(name));
  compilation.functions.set(name, bodyOf(lowering, name, loop, map, { ...shared, returned: returned.offset }));
  const [entries, body] = [builder.map(mapName(map.name)), builder.functionAddress(name)];
  builder.helper(helpers.forEachEntry, entries, body, builder.addressOf(frame), constant(0));
  for (const variable of shared.registers)
    builder.set(lowering.registerOf(variable), builder.load(inScratch(lowering, variable)));
  const next = builder.block();
  builder.branch('equal', builder.load(returned), constant(0), next, lowering.exit);
  builder.continueIn(next);
}

/** Where a variable with a register of its own is while another function runs. */
function inScratch({ scratch, scratchBase }: Lowering, variable: string): Memory {
  return { base: scratchBase, offset: scratch.variable(variable, 8) };
}

function mapOf(lowering: Lowering, { map: access, place }: MapLoop): ScriptMapUse {
  const { kernel, maps } = lowering.compilation;
  if (!isAtLeast(kernel, 5, 13)) {
    throw new ScriptProblem(
      place,
      `A loop over a map needs Linux 5.13, and this is ${kernel.version.join('.')}`,
      'Count what the loop would add up in a map of its own.',
    );
  }
  const map = lowering.map(access.name, access.place);
  if (map.key === undefined || map.key.length === 0 || access.key !== undefined) {
    throw new ScriptProblem(
      access.place,
      map.key === undefined ? `Nothing is assigned to @${map.name}` : 'A loop needs a map with keys',
      'Write it as in for ($kv : @counts) { }, where @counts[comm] is assigned elsewhere.',
    );
  }
  if (!map.isRead) {
    map.isRead = true;
    maps.changed = true;
  }
  return map;
}

function sharedWith({ entries, variables }: Lowering, { variable, body }: MapLoop): Shared {
  const names = [...variablesIn(body)].filter((name) => name !== variable.name);
  return {
    registers: names.filter((name) => !entries.has(name) && isInRegister(variables.get(name)?.type)),
    entries: names.filter((name) => entries.has(name)),
  };
}

function variablesIn(block: Block): ReadonlySet<string> {
  const names = new Set<string>();
  rewritten(block, (node) => {
    if (node.kind === 'variable') names.add((node as unknown as { name: string }).name);
    return node;
  });
  return names;
}

const isInRegister = (type: ValueType | undefined) =>
  type?.kind === 'integer' || type?.kind === 'pointer' || type?.kind === 'object';

function fill(lowering: Lowering, frame: Memory, { registers, entries }: Shared): void {
  const { builder } = lowering;
  const pointers = entries.flatMap((name) => {
    const { key, value } = lowering.entries.get(name)!;
    return [key, value];
  });
  const words = [lowering.context, lowering.scratchBase, ...pointers];
  for (const [index, word] of words.entries()) builder.store(shifted(frame, 8 * index), word);
  for (const variable of registers) builder.store(inScratch(lowering, variable), lowering.registerOf(variable));
}

/** Keeps the name while the body is made, which may have loops. */
const unfinished = (name: string): IrFunction => ({
  name,
  section: undefined,
  parameters: [],
  registers: 0,
  slots: [],
  blocks: [],
});

/** The function: 0 goes on with the next entry, 1 ends the loop. */
function bodyOf(
  outer: Lowering,
  name: string,
  { variable, body }: MapLoop,
  map: ScriptMapUse,
  { registers, entries: names, returned }: Shared & { readonly returned: number },
): IrFunction {
  const { compilation, hook, variables, index, evaluate, run, scratch } = outer;
  const inner = new Lowering(compilation, hook, variables, index, evaluate, run, scratch);
  const { builder } = inner;
  const [entries, key, value, frame] = [builder.register(), builder.register(), builder.register(), builder.register()];
  const outerEntries = names.map((each) => ({ name: each, key: builder.register(), value: builder.register() }));
  for (const each of outerEntries) inner.entries.set(each.name, { ...each, map: outer.entries.get(each.name)!.map });
  inner.entries.set(variable.name, { map, key, value });
  const [next, end] = [builder.block(), builder.block()];
  inner.loops.push({ next, end });
  inner.statement(() => inner.run(inner, body.statements));
  outer.usesMaps ||= inner.usesMaps;
  builder.place = undefined;
  builder.jump(next);
  const leave = (result: number) => {
    for (const each of registers) builder.store(inScratch(inner, each), inner.registerOf(each));
    builder.end({ kind: 'return', value: constant(result) });
  };
  builder.continueIn(next);
  leave(0);
  builder.continueIn(inner.exit);
  builder.store({ base: inner.scratchBase, offset: returned }, constant(1));
  builder.jump(end);
  builder.continueIn(end);
  leave(1);
  builder.continueIn(0);
  const word = (at: number): Memory => ({ base: frame, offset: at });
  builder.set(inner.context, builder.load(word(contextAt)));
  builder.set(inner.scratchBase, builder.load(word(scratchAt)));
  for (const register of inner.variableRegisters().values()) builder.set(register, constant(0));
  for (const each of registers) builder.set(inner.registerOf(each), builder.load(inScratch(inner, each)));
  for (const [at, each] of outerEntries.entries()) {
    builder.set(each.key, builder.load(word(entriesAt + 16 * at)));
    builder.set(each.value, builder.load(word(entriesAt + 16 * at + 8)));
  }
  builder.jump(inner.body);
  return builder.finish(name, undefined, [entries, key, value, frame]);
}
