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

/** What the body has in common with the program around it, in the program's stack: these words, then variables. */
const contextAt = 0;
const scratchAt = 8;
const returnedAt = 16;
const variablesAt = 24;

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
  const { builder, compilation } = lowering;
  const map = mapOf(lowering, loop);
  const shared = sharedWith(lowering, loop);
  const frame = builder.frame(variablesAt + 8 * (shared.registers.length + 2 * shared.entries.length));
  fill(lowering, frame, shared);
  const name = `loop_${compilation.functions.size}`;
  compilation.functions.set(name, unfinished(name));
  compilation.functions.set(name, bodyOf(lowering, name, loop, map, shared));
  const [entries, body] = [builder.map(mapName(map.name)), builder.functionAddress(name)];
  builder.helper(helpers.forEachEntry, entries, body, builder.addressOf(frame), constant(0));
  for (const [index, variable] of shared.registers.entries())
    builder.set(lowering.registerOf(variable), builder.load(shifted(frame, variablesAt + 8 * index)));
  const next = builder.block();
  builder.branch('equal', builder.load(shifted(frame, returnedAt)), constant(0), next, lowering.exit);
  builder.continueIn(next);
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
  builder.store(shifted(frame, contextAt), lowering.context);
  builder.store(shifted(frame, scratchAt), lowering.scratchBase);
  builder.store(shifted(frame, returnedAt), constant(0));
  const words = [...registers.map((name) => lowering.registerOf(name)), ...pointers];
  for (const [index, word] of words.entries()) builder.store(shifted(frame, variablesAt + 8 * index), word);
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
  shared: Shared,
): IrFunction {
  const { compilation, hook, variables, index, evaluate, run, scratch } = outer;
  const inner = new Lowering(compilation, hook, variables, index, evaluate, run, scratch);
  const { builder } = inner;
  const [, key, value, frame] = [builder.register(), builder.register(), builder.register(), builder.register()];
  const parameters = [0, 1, 2, 3].map((each) => key - 1 + each);
  const word = (at: number): Memory => ({ base: frame, offset: at });
  const entries = shared.entries.map((each) => ({ name: each, key: builder.register(), value: builder.register() }));
  for (const entry of entries) inner.entries.set(entry.name, { ...entry, map: outer.entries.get(entry.name)!.map });
  inner.entries.set(variable.name, { map, key, value });
  const [next, end] = [builder.block(), builder.block()];
  inner.loops.push({ next, end });
  inner.statement(() => inner.run(inner, body.statements));
  outer.usesMaps ||= inner.usesMaps;
  builder.place = undefined;
  builder.jump(next);
  const known = shared.registers.map((each) => inner.registerOf(each));
  const leave = (result: number) => {
    for (const [at, register] of known.entries()) builder.store(word(variablesAt + 8 * at), register);
    builder.end({ kind: 'return', value: constant(result) });
  };
  builder.continueIn(next);
  leave(0);
  builder.continueIn(inner.exit);
  builder.store(word(returnedAt), constant(1));
  builder.jump(end);
  builder.continueIn(end);
  leave(1);
  builder.continueIn(0);
  const loaded = [inner.context, inner.scratchBase];
  for (const [at, register] of loaded.entries()) builder.set(register, builder.load(word(contextAt + 8 * at)));
  for (const register of inner.variableRegisters().values()) builder.set(register, constant(0));
  for (const [at, register] of known.entries()) builder.set(register, builder.load(word(variablesAt + 8 * at)));
  for (const [at, entry] of entries.entries()) {
    const first = variablesAt + 8 * (known.length + 2 * at);
    builder.set(entry.key, builder.load(word(first)));
    builder.set(entry.value, builder.load(word(first + 8)));
  }
  builder.jump(inner.body);
  return builder.finish(name, undefined, parameters);
}
