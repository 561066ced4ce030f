/** What all parts of the generator share while they write one program. */
import type { MapTable, ScriptMapUse } from '../check/map_table.js';
import { commonType, roundUp, sameType, type ValueType, valueText } from '../check/value_type.js';
import type { IrFunction, Operand, Register } from '../ir/program.js';
import type { Hook } from '../resolve/hook.js';
import type { KernelTypes } from '../resolve/kernel_types.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { TypeTable } from '../resolve/type_table.js';
import type { Expression, Place, Statement } from '../syntax/tree.js';
import { constant, FunctionBuilder, helpers, type Memory } from './function_builder.js';
import type { Value } from './value.js';

/** Settings of `config = { }` that have a meaning here. */
export interface ScriptSettings {
  /** Bytes of a string that `str()` makes, the NUL included. */
  readonly longestText: number;
  readonly mapEntries: number;
  readonly mostProbes: number;
}

/** A printf that becomes a counter. */
export interface CountedPrint {
  /** The name of its map. */
  readonly map: string;
  /** Arguments count from 1: the format is 0. */
  readonly labels: readonly { readonly name: string; readonly argument: number }[];
}

/** The whole script, as far as its programs share it. Made anew for each round, except for types. */
export interface Compilation {
  readonly types: TypeTable;
  readonly kernel: KernelTypes;
  readonly maps: MapTable;
  readonly settings: ScriptSettings;
  /** The kernel tells programs the address of the function that they are attached to (Linux 5.15): `func` is that address. */
  readonly namesFunctionsByAddress: boolean;
  /** A printf of the script becomes a counter: by the printf's number, which arguments are labels. */
  readonly events: ReadonlyMap<number, CountedPrint>;
  notice(place: Place, text: string): void;
  problem(problem: ScriptProblem): void;
  /** The number of a printf in the script, from 1. */
  printNumber(place: Place): number;
  /** Whether `may_add_key` is needed. */
  usesNewcomers: boolean;
  /** Whether the zeroes that new values of maps begin with are needed. */
  usesZeroes: boolean;
  usesLogarithm: boolean;
}

export interface Variable {
  type: ValueType;
  /** Declared with a type: later values are converted to it. */
  isLocked: boolean;
}

/** A function that evaluates a call or expression into `into`, if it makes bytes and has place for them. */
export interface Destination {
  readonly memory: Memory;
  readonly bytes: number;
}

export class Lowering {
  readonly builder = new FunctionBuilder();
  readonly context: Register;
  /** The block that ends the program. */
  readonly exit: number;
  /** Blocks of the innermost loop, for `break` and `continue`. */
  /** Variables whose assignment is wrong. That they have no value is no fault of its own. */
  readonly broken = new Set<string>();
  /** The program reads or changes a map. */
  usesMaps = false;
  /** The value of the expression is not used. */
  ignoresValue = false;
  readonly loops: { readonly next: number; readonly end: number }[] = [];
  private readonly body: number;
  private readonly scratch: Register;
  private scratchUsed = 0;
  private scratchKept = 0;
  scratchBytes = 0;
  private temporaries: number[] = [];
  private readonly places = new Map<string, Memory>();
  private readonly registers = new Map<string, Register>();

  constructor(
    readonly compilation: Compilation,
    readonly hook: Hook,
    /** Kept from round to round. */
    readonly variables: Map<string, Variable>,
    /** Which element of the scratch map is this program's. */
    private readonly index: number,
    readonly evaluate: (lowering: Lowering, expression: Expression, into?: Destination) => Value,
    readonly run: (lowering: Lowering, statements: readonly Statement[]) => void,
  ) {
    const { builder } = this;
    this.context = builder.register();
    this.scratch = builder.register();
    this.body = builder.block();
    this.exit = builder.block();
    builder.continueIn(this.body);
  }

  value(expression: Expression, into?: Destination): Value {
    const before = this.builder.place;
    this.builder.place = expression.place;
    const value = this.evaluate(this, expression, into);
    this.builder.place = before;
    return value;
  }

  /** Memory that is the statement's own until its end. @param bytes is rounded up to a multiple of 8 */
  temporary(bytes: number): Memory {
    const size = Math.max(8, roundUp(bytes));
    const slot = this.builder.slot(size);
    if (slot === undefined) return this.scratchMemory(size);
    this.temporaries.push(slot.slot);
    return slot;
  }

  /** Runs what makes one statement; its temporary memory is free afterwards. */
  statement(run: () => void): void {
    const outer = this.temporaries;
    const used = this.scratchUsed;
    this.temporaries = [];
    run();
    for (const slot of this.temporaries) this.builder.free(slot);
    this.temporaries = outer;
    this.scratchUsed = Math.max(used, this.scratchKept);
  }

  /** The register of a scalar variable, or of the address of an object. 0 before the first assignment. */
  registerOf(name: string): Register {
    let register = this.registers.get(name);
    if (register === undefined) {
      register = this.builder.register();
      this.registers.set(name, register);
    }
    return register;
  }

  /** The memory of a variable that holds bytes. */
  memoryOf(name: string, bytes: number): Memory {
    let memory = this.places.get(name);
    if (memory === undefined) {
      memory = this.builder.slot(roundUp(bytes)) ?? this.scratchMemory(roundUp(bytes));
      this.scratchKept = this.scratchUsed;
      this.places.set(name, memory);
    }
    return memory;
  }

  /** @throws ScriptProblem if the variable has another type */
  useVariable(name: string, type: ValueType, place: Place): Variable {
    const known = this.variables.get(name);
    if (known === undefined) {
      const variable = { type, isLocked: false };
      this.variables.set(name, variable);
      this.compilation.maps.changed = true;
      return variable;
    }
    const common = commonType(known.type, type);
    if (common === undefined) {
      throw new ScriptProblem(
        place,
        `$${name} is ${valueText(known.type)}, and this is ${valueText(type)}`,
        'A variable keeps its type: use another variable, or a cast.',
      );
    }
    if (known.isLocked || sameType(common, known.type)) return known;
    known.type = common;
    this.compilation.maps.changed = true;
    return known;
  }

  map(name: string, place: Place): ScriptMapUse {
    this.usesMaps = true;
    return this.compilation.maps.use(name, place);
  }

  /** The finished program. */
  finish(name: string): IrFunction {
    const { builder } = this;
    builder.place = undefined;
    builder.jump(this.exit);
    builder.continueIn(0);
    for (const register of this.registers.values()) builder.set(register, constant(0));
    if (this.scratchBytes > 0) this.findScratch();
    this.clearVariables();
    builder.jump(this.body);
    builder.continueIn(this.exit);
    builder.end({ kind: 'return', value: constant(0) });
    return builder.finish(name, this.hook.section, [this.context]);
  }

  private clearVariables(): void {
    for (const [name, memory] of this.places) {
      const type = this.variables.get(name)?.type;
      if (type !== undefined && 'bytes' in type) this.builder.clear(memory, roundUp(type.bytes));
    }
  }

  private findScratch(): void {
    const { builder } = this;
    const key = builder.slot(8)!;
    builder.store(key, constant(this.index));
    const map = builder.map('scratch');
    const found: Operand = builder.helper(helpers.lookUp, map, builder.addressOf(key));
    const next = builder.block();
    builder.branch('unequal', found, constant(0), next, this.exit);
    builder.continueIn(next);
    builder.set(this.scratch, found);
    builder.free(key.slot);
  }

  private scratchMemory(bytes: number): Memory {
    const memory = { base: this.scratch, offset: this.scratchUsed };
    this.scratchUsed += bytes;
    this.scratchBytes = Math.max(this.scratchBytes, this.scratchUsed);
    return memory;
  }
}
