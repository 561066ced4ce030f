import type {
  BytesValue,
  IntegerValue,
  ObjectValue,
  PointerValue,
  TextValue,
  TupleValue,
} from '../check/value_type.js';
import type { Operand } from '../ir/program.js';
import type { Memory } from './function_builder.js';

/** What an expression became. */
export type Value =
  /** A number of 64 bits, extended from the width and by the sign of its type. */
  | {
      readonly kind: 'scalar';
      readonly type: IntegerValue | PointerValue;
      readonly operand: Operand;
      readonly isLiteral?: true;
    }
  /** Bytes in the program's own memory. */
  | { readonly kind: 'memory'; readonly type: TextValue | BytesValue | TupleValue; readonly memory: Memory }
  | { readonly kind: 'literal'; readonly type: TextValue; readonly text: Buffer }
  /** A struct, union or array elsewhere, by its address. */
  | { readonly kind: 'object'; readonly type: ObjectValue; readonly address: Operand; readonly offset: number }
  | { readonly kind: 'nothing'; readonly type: { readonly kind: 'nothing' } };

export type Scalar = Extract<Value, { kind: 'scalar' }>;
export type ObjectReference = Extract<Value, { kind: 'object' }>;
