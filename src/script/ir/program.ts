/**
 * The intermediate form between a script's meaning and BPF bytecode: three-address instructions on any number of 64-bit registers, in
 * basic blocks. Pure data. A register may be assigned more than once.
 */
import type { Place } from '../syntax/tree.js';

/** A virtual register, numbered from 0 in each function. */
export type Register = number;

/** A register, or a constant that is taken modulo 2^64. */
export type Operand = Register | { readonly constant: bigint };

/** Bytes of an access to memory. */
export type Width = 1 | 2 | 4 | 8;

/** `div`, `mod`, `shiftRight`, and the comparisons below are unsigned; those with `signed` are not. Division by zero is 0 and `x mod 0` is x, as BPF has it. */
export type Operation =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'signedDiv'
  | 'mod'
  | 'signedMod'
  | 'and'
  | 'or'
  | 'xor'
  | 'shiftLeft'
  | 'shiftRight'
  | 'signedShiftRight';

export type Comparison =
  | 'equal'
  | 'unequal'
  | 'below'
  | 'atMost'
  | 'above'
  | 'atLeast'
  | 'signedBelow'
  | 'signedAtMost'
  | 'signedAbove'
  | 'signedAtLeast'
  | 'anyBit';

export type Instruction = { readonly place?: Place } & (
  | { readonly kind: 'set'; readonly to: Register; readonly value: Operand }
  /** With `bits` 32 the result is zero-extended. `signedDiv` and `signedMod` have no instruction before Linux 6.6: they are lowered to unsigned ones. */
  | {
      readonly kind: 'operate';
      readonly operation: Operation;
      readonly bits: 32 | 64;
      readonly to: Register;
      readonly left: Operand;
      readonly right: Operand;
    }
  /** Keeps the low bytes: zero- or sign-extended to 64 bits. */
  | {
      readonly kind: 'extend';
      readonly to: Register;
      readonly from: Register;
      readonly width: Width;
      readonly isSigned: boolean;
    }
  /** Swaps to big-endian order of so many bits; zero-extends. */
  | { readonly kind: 'swap'; readonly to: Register; readonly from: Register; readonly bits: 16 | 32 | 64 }
  | {
      readonly kind: 'load';
      readonly to: Register;
      readonly base: Register;
      readonly offset: number;
      readonly width: Width;
      readonly isSigned: boolean;
    }
  | {
      readonly kind: 'store';
      readonly base: Register;
      readonly offset: number;
      readonly width: Width;
      readonly value: Operand;
    }
  /** Atomic addition without a result; width 4 or 8. */
  | {
      readonly kind: 'addAtomically';
      readonly base: Register;
      readonly offset: number;
      readonly width: 4 | 8;
      readonly value: Operand;
    }
  /** The address of a slot on the stack. */
  | { readonly kind: 'slotAddress'; readonly to: Register; readonly slot: number; readonly offset: number }
  /** A pointer to a map, for helpers. */
  | { readonly kind: 'map'; readonly to: Register; readonly map: string }
  /** The address of data in the only value of an array map, such as `.rodata` and `.bss`. */
  | { readonly kind: 'mapValue'; readonly to: Register; readonly map: string; readonly offset: number }
  /** The address of a variable or function of the kernel, which libbpf looks up. */
  | { readonly kind: 'kernelSymbol'; readonly to: Register; readonly symbol: string }
  /** A helper of the kernel, by its number in `enum bpf_func_id`. */
  | {
      readonly kind: 'helper';
      readonly to: Register | undefined;
      readonly helper: number;
      readonly arguments: readonly Operand[];
    }
  /** Another function of the object, or one of the kernel's that programs may call (a kfunc): at most five arguments. */
  | {
      readonly kind: 'call';
      readonly to: Register | undefined;
      readonly function: string;
      readonly isOfKernel?: true;
      readonly arguments: readonly Operand[];
    }
  /** The address of a static function, for `bpf_loop` and `bpf_for_each_map_elem`. */
  | { readonly kind: 'functionAddress'; readonly to: Register; readonly function: string }
);

/** How a block ends. Blocks are named by their index in the function. */
export type Ending = { readonly place?: Place } & (
  | { readonly kind: 'jump'; readonly block: number }
  | {
      readonly kind: 'branch';
      readonly comparison: Comparison;
      readonly bits: 32 | 64;
      readonly left: Register;
      readonly right: Operand;
      readonly then: number;
      readonly else: number;
    }
  | { readonly kind: 'return'; readonly value: Operand }
);

export interface BasicBlock {
  readonly instructions: readonly Instruction[];
  readonly ending: Ending;
}

/** Bytes on the stack, aligned to 8. Slots that are not used at the same time may share their place. */
export interface Slot {
  readonly bytes: number;
}

export interface IrFunction {
  /** An identifier of C, unique in the object. */
  readonly name: string;
  /** The ELF section of a program, such as `tracepoint/sched/sched_switch`; undefined: a static function that others call. */
  readonly section: string | undefined;
  /** The registers that hold the arguments at the entry: for a program one, its context. */
  readonly parameters: readonly Register[];
  readonly registers: number;
  readonly slots: readonly Slot[];
  /** Entered at block 0. A block may jump back only where the kernel can bound the loop. */
  readonly blocks: readonly BasicBlock[];
}

/** A type that the object's BTF describes. */
export type DataType =
  | { readonly kind: 'integer'; readonly bytes: Width; readonly isSigned: boolean; readonly name?: string }
  | { readonly kind: 'boolean' }
  /** `char[bytes]` */
  | { readonly kind: 'text'; readonly bytes: number }
  | { readonly kind: 'array'; readonly element: DataType; readonly count: number }
  | { readonly kind: 'struct'; readonly name: string; readonly bytes: number; readonly fields: readonly DataField[] };

export interface DataField {
  readonly name: string;
  readonly offset: number;
  readonly type: DataType;
}

/** A map of the object, in section `.maps`. */
export interface IrMap {
  readonly name: string;
  /** `enum bpf_map_type`. */
  readonly type: number;
  readonly entries: number;
  readonly flags: number;
  readonly key: DataType | undefined;
  readonly value: DataType | undefined;
}

/** A section of variables: `.rodata` and such has contents, `.bss` has zeroes. */
export interface IrData {
  /** `.rodata`, `.bss`, `.data.NAME`. `mapValue` names it thus. */
  readonly section: string;
  readonly bytes: Uint8Array;
  readonly variables: readonly {
    readonly name: string;
    readonly offset: number;
    readonly type: DataType;
    /** The exporter gives it a value when it loads the object. */
    readonly isSetAtLoad?: true;
  }[];
}

/** Everything that becomes one object file. */
export interface IrObject {
  readonly functions: readonly IrFunction[];
  readonly maps: readonly IrMap[];
  readonly data: readonly IrData[];
  /** For the line information that `llvm-objdump -S` and the verifier's log show. */
  readonly source: { readonly file: string; readonly text: string };
}
