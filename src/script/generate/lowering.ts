/** What all parts of the generator share while they write one program. */
import type { MapTable, ScriptMapUse } from '../check/map_table.js';
import { commonType, roundUp, sameType, storedSize, type ValueType, valueText } from '../check/value_type.js';
import type { IrFunction, Operand, Register } from '../ir/program.js';
import type { Member, RecordType } from '../resolve/c_type.js';
import type { Hook } from '../resolve/hook.js';
import type { KernelTypes } from '../resolve/kernel_types.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { TypeTable } from '../resolve/type_table.js';
import { writtenName } from '../syntax/scopes.js';
import type { Expression, Place, Statement } from '../syntax/tree.js';
import { constant, FunctionBuilder, helpers, type Memory } from './function_builder.js';
import { Scratch } from './scratch.js';
import type { Value } from './value.js';

/** Settings of `config = { }` that have a meaning here. */
export interface ScriptSettings {
  /** Bytes of a string that `str()` makes, the NUL included. */
  readonly longestText: number;
  readonly mapEntries: number;
  readonly mostProbes: number;
  /** What to do about a hook that this kernel lacks. */
  readonly missingProbes: 'error' | 'warn' | 'ignore';
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
  /** Whether the moment of the load is needed. */
  usesLoadTime: boolean;
  /** What is known of the expressions of the script, by their places. */
  readonly expressions: Map<string, KnownExpression>;
  /** How many hooks the script has. */
  readonly programs: number;
  /** Static functions that programs call, by name. */
  readonly functions: Map<string, IrFunction>;
}

/** For a person who asks what an expression is. */
export interface KnownExpression {
  readonly place: Place;
  readonly type: ValueType;
  /** Of a field: the struct, and where the field is in it. */
  readonly field?: { readonly of: RecordType; readonly member: Member };
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

/** The entry of a map that a loop is at: addresses of its key and value. */
export interface LoopEntry {
  readonly map: ScriptMapUse;
  readonly key: Register;
  readonly value: Register;
}

const noted: ReadonlySet<string> = new Set(['field', 'index', 'name', 'variable', 'map', 'call', 'cast', 'positional']);

/** The kernel allows 512 bytes for a program and the functions that it calls together. */
const stackOfLoops = 96;

export class Lowering {
  readonly builder: FunctionBuilder;
  readonly context: Register;
  /** The block that ends the program. */
  readonly exit: number;
  /** Variables whose assignment is wrong. That they have no value is no fault of its own. */
  readonly broken = new Set<string>();
  /** Variables whose address is taken: they are in memory. */
  addressed: ReadonlySet<string> = new Set();
  /** Variables that were declared without a type or a value: 0 until one is assigned. */
  readonly declared = new Set<string>();
  /** The program reads or changes a map. */
  usesMaps = false;
  /** The value of the expression is not used. */
  ignoresValue = false;
  /** Blocks of the loops that are open, the innermost last: for `break` and `continue`. */
  readonly loops: { readonly next: number; readonly end: number }[] = [];
  /** Variables of the loops over maps that are open. */
  readonly entries = new Map<string, LoopEntry>();
  readonly body: number;
  /** The address of this program's element of the scratch map. */
  readonly scratchBase: Register;
  readonly scratch: Scratch;
  private temporaries: number[] = [];
  private readonly places = new Map<string, Memory>();
  private readonly registers = new Map<string, Register>();

  constructor(
    readonly compilation: Compilation,
    readonly hook: Hook,
    /** Kept from round to round. */
    readonly variables: Map<string, Variable>,
    /** Which element of the scratch map is this program's. */
    readonly index: number,
    readonly evaluate: (lowering: Lowering, expression: Expression, into?: Destination) => Value,
    readonly run: (lowering: Lowering, statements: readonly Statement[]) => void,
    /** Given: some of the program is in functions of their own, which reach variables in the same scratch memory. */
    private readonly shared?: Scratch,
  ) {
    this.scratch = shared ?? new Scratch();
    const builder = new FunctionBuilder(shared && stackOfLoops);
    this.builder = builder;
    this.context = builder.register();
    this.scratchBase = builder.register();
    this.body = builder.block();
    this.exit = builder.block();
    builder.continueIn(this.body);
  }

  value(expression: Expression, into?: Destination): Value {
    const before = this.builder.place;
    this.builder.place = expression.place;
    const value = this.evaluate(this, expression, into);
    this.note(expression, value);
    this.builder.place = before;
    return value;
  }

  /** Keeps the type of what a script's author may ask about. */
  private note({ kind, place }: Expression, { type }: Value): void {
    if (!noted.has(kind)) return;
    const { expressions } = this.compilation;
    const key = `${place.start}:${place.end}`;
    expressions.set(key, { ...expressions.get(key), place, type });
  }

  /** Keeps where a field is. */
  noteField(place: Place, of: RecordType, member: Member): void {
    const { expressions } = this.compilation;
    expressions.set(`${place.start}:${place.end}`, { place, type: { kind: 'nothing' }, field: { of, member } });
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
    const { used } = this.scratch;
    this.temporaries = [];
    run();
    for (const slot of this.temporaries) this.builder.free(slot);
    this.temporaries = outer;
    this.scratch.release(used);
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

  /** Registers of variables that the function has used. */
  variableRegisters(): ReadonlyMap<string, Register> {
    return this.registers;
  }

  /** The memory of a variable that holds bytes. */
  memoryOf(name: string, bytes: number): Memory {
    let memory = this.places.get(name);
    if (memory === undefined) {
      const slot = this.shared === undefined ? this.builder.slot(roundUp(bytes)) : undefined;
      memory = slot ?? { base: this.scratchBase, offset: this.scratch.variable(name, roundUp(bytes)) };
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
        `$${writtenName(name)} is ${valueText(known.type)}, and this is ${valueText(type)}`,
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
    if (this.scratch.bytes > 0) this.findScratch();
    else if (this.shared !== undefined) builder.set(this.scratchBase, constant(0));
    this.clearVariables();
    builder.jump(this.body);
    builder.continueIn(this.exit);
    builder.end({ kind: 'return', value: constant(0) });
    return builder.finish(name, this.hook.section, [this.context]);
  }

  private clearVariables(): void {
    const kept = [...this.scratch.variables].map(([name, offset]): [string, Memory] => [
      name,
      { base: this.scratchBase, offset },
    ]);
    for (const [name, memory] of new Map([...kept, ...this.places])) {
      const type = this.variables.get(name)?.type;
      if (type !== undefined) this.builder.clear(memory, storedSize(type));
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
    builder.set(this.scratchBase, found);
    builder.free(key.slot);
  }

  private scratchMemory(bytes: number): Memory {
    return { base: this.scratchBase, offset: this.scratch.take(bytes) };
  }
}
