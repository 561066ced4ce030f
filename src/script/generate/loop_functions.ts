/** Bodies of loops as functions of their own, which the kernel calls for each round. */
import type { ValueType } from '../check/value_type.js';
import type { IrFunction, Operand, Register } from '../ir/program.js';
import { isAtLeast, type KernelTypes } from '../resolve/kernel_types.js';
import { visit } from '../syntax/rewriting.js';
import type { Block, Statement } from '../syntax/tree.js';
import { constant, type Memory, shifted } from './function_builder.js';
import { Lowering } from './lowering.js';

/**
 * What the body has in common with the program around it, in the program's stack: these words, then addresses of entries, then words of the
 * loop. Variables are in the scratch memory: on the stack the verifier would follow their values from round to round.
 */
const contextAt = 0;
const scratchAt = 8;
const entriesAt = 16;

interface Named {
  readonly kind: string;
  readonly name: string;
}

/** Names of variables that the body reaches. */
interface Shared {
  /** Those with a register of their own. */
  readonly registers: readonly string[];
  /** Those of them that the body changes. The verifier goes on knowing the values of the others. */
  readonly changed: readonly string[];
  /** Those of the loops over maps around this one. */
  readonly entries: readonly string[];
}

export interface LoopBody {
  /** The loop's variable. */
  readonly variable: string;
  readonly body: Block;
  /** What the body gets from the program besides variables. */
  readonly words: readonly Operand[];
  /** How often the body runs, where the program knows it. */
  readonly rounds?: Operand;
  /**
   * Makes the variable of the loop known.
   * @param word where a word of `words` is
   * @returns the parameters of the function before its frame, and what begins each round
   */
  open(inner: Lowering, word: (index: number) => Memory): { readonly parameters: readonly Register[]; begin?(): void };
}

/** From so many rounds on a range is a function: the verifier follows each round of a loop in the program. */
const mostInline = 64;

/** Whether the body of a loop over numbers is a function. Before Linux 5.17 the kernel calls none. */
export function isFunction({ from, to }: Extract<Statement, { kind: 'for range' }>, kernel: KernelTypes): boolean {
  const isShort = from.kind === 'integer' && to.kind === 'integer' && to.value - from.value <= mostInline;
  return !isShort && isAtLeast(kernel, 5, 17);
}

/** Whether a part of a block is a function of its own. */
export function hasLoopFunction(block: Block, kernel: KernelTypes): boolean {
  let found = false;
  visit(block, (node) => {
    found ||= node.kind === 'for entries';
    found ||= node.kind === 'for range' && isFunction(node as Extract<Statement, { kind: 'for range' }>, kernel);
  });
  return found;
}

/**
 * Writes the function, and what hands the variables over and takes them back.
 * @param call calls the helper that runs the function
 */
export function loopFunction(
  lowering: Lowering,
  loop: LoopBody,
  call: (code: Register, frame: Register) => void,
): void {
  const { builder, compilation, scratch } = lowering;
  const shared = sharedWith(lowering, loop);
  const wordsAt = entriesAt + 16 * shared.entries.length;
  const frame = builder.frame(wordsAt + 8 * loop.words.length);
  const name = `loop_${compilation.functions.size}`;
  const returned: Memory = { base: lowering.scratchBase, offset: scratch.variable(`${name} returned`, 8) };
  fill(lowering, frame, shared);
  for (const [index, word] of loop.words.entries()) builder.store(shifted(frame, wordsAt + 8 * index), word);
  builder.store(returned, constant(0));
  compilation.functions.set(name, unfinished(name));
  compilation.functions.set(name, bodyOf(lowering, name, loop, { ...shared, returned: returned.offset }));
  const after = builder.block();
  // A function that is never called is removed: the kernel then refuses a program that has its address.
  if (loop.rounds !== undefined) builder.unlessZero(loop.rounds, after);
  call(builder.functionAddress(name), builder.addressOf(frame));
  builder.jump(after);
  builder.continueIn(after);
  for (const variable of shared.changed)
    builder.set(lowering.registerOf(variable), builder.load(inScratch(lowering, variable)));
  const next = builder.block();
  builder.branch('equal', builder.load(returned), constant(0), next, lowering.exit);
  builder.continueIn(next);
}

/** Where a variable with a register of its own is while another function runs. */
function inScratch({ scratch, scratchBase }: Lowering, variable: string): Memory {
  return { base: scratchBase, offset: scratch.variable(variable, 8) };
}

function sharedWith({ entries, variables, addressed }: Lowering, { variable, body }: LoopBody): Shared {
  const { all, changed } = variablesIn(body);
  const names = [...all].filter((name) => name !== variable);
  const registers = names.filter(
    (name) => !entries.has(name) && !addressed.has(name) && isInRegister(variables.get(name)?.type),
  );
  return {
    registers,
    changed: registers.filter((name) => changed.has(name)),
    entries: names.filter((name) => entries.has(name)),
  };
}

function variablesIn(block: Block): { readonly all: ReadonlySet<string>; readonly changed: ReadonlySet<string> } {
  const [all, changed] = [new Set<string>(), new Set<string>()];
  visit(block, (node) => {
    const { name, target, variable } = node as unknown as Partial<Record<'target' | 'variable', Named> & Named>;
    if (node.kind === 'variable') all.add(name!);
    // Assignments, ++ and -- have a target; let and loops have a variable.
    for (const written of [target, variable]) if (written?.kind === 'variable') changed.add(written.name);
  });
  return { all, changed };
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

/** The function: 0 goes on with the next round, 1 ends the loop. */
function bodyOf(
  outer: Lowering,
  name: string,
  { body, open }: LoopBody,
  { registers, changed, entries: names, returned }: Shared & { readonly returned: number },
): IrFunction {
  const { compilation, hook, variables, index, evaluate, run, scratch } = outer;
  const inner = new Lowering(compilation, hook, variables, index, evaluate, run, scratch);
  inner.addressed = outer.addressed;
  const { builder } = inner;
  const frame = builder.register();
  const word = (at: number): Memory => ({ base: frame, offset: at });
  const outerEntries = names.map((each) => ({ name: each, key: builder.register(), value: builder.register() }));
  for (const each of outerEntries) inner.entries.set(each.name, { ...each, map: outer.entries.get(each.name)!.map });
  const { parameters, begin } = open(inner, (at) => word(entriesAt + 16 * names.length + 8 * at));
  const [next, end] = [builder.block(), builder.block()];
  inner.loops.push({ next, end });
  inner.statement(() => {
    begin?.();
    inner.run(inner, body.statements);
  });
  outer.usesMaps ||= inner.usesMaps;
  builder.place = undefined;
  builder.jump(next);
  const leave = (result: number) => {
    for (const each of changed) builder.store(inScratch(inner, each), inner.registerOf(each));
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
  builder.set(inner.context, builder.load(word(contextAt)));
  builder.set(inner.scratchBase, builder.load(word(scratchAt)));
  for (const register of inner.variableRegisters().values()) builder.set(register, constant(0));
  for (const each of registers) builder.set(inner.registerOf(each), builder.load(inScratch(inner, each)));
  for (const [at, each] of outerEntries.entries()) {
    builder.set(each.key, builder.load(word(entriesAt + 16 * at)));
    builder.set(each.value, builder.load(word(entriesAt + 16 * at + 8)));
  }
  builder.jump(inner.body);
  return builder.finish(name, undefined, [...parameters, frame]);
}
