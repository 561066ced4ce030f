/** The syntax tree of a script: what was written, without a meaning yet. Macros, `#define` constants and comments are gone. */

/** A part of the script's text, by offsets in UTF-16 units. What a macro expanded to is placed where the macro was called. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

interface Node {
  readonly place: Place;
}

export interface Script {
  readonly settings: readonly Setting[];
  /** Structs, unions and enums that the script defines in C, as text. */
  readonly definitions: readonly Definition[];
  readonly maps: readonly MapDeclaration[];
  readonly probes: readonly ProbeBlock[];
}

/** An entry of `config = { ... }`. */
export interface Setting extends Node {
  readonly name: string;
  readonly value: string | bigint | boolean;
}

/** `struct`, `union` or `enum` with its body. */
export interface Definition extends Node {
  readonly text: string;
}

/** `let @name = hash(1000);` */
export interface MapDeclaration extends Node {
  readonly name: string;
  /** `hash`, `lruhash`, `percpuhash`, `percpulruhash`, `percpuarray`. */
  readonly kind: string;
  readonly entries: bigint;
}

export interface ProbeBlock extends Node {
  readonly points: readonly AttachPoint[];
  readonly predicate: Expression | undefined;
  readonly body: Block;
}

/** `kprobe:vfs_*`: the provider and what follows, divided at colons outside quotes. */
export interface AttachPoint extends Node {
  /** As written, lower case for `BEGIN` and `END`; short forms (`t`, `k`) are not written out. */
  readonly provider: string;
  readonly parts: readonly string[];
}

export interface Block extends Node {
  readonly kind: 'block';
  readonly statements: readonly Statement[];
}

export type Statement =
  | Block
  | (Node & { readonly kind: 'expression statement'; readonly expression: Expression })
  | (Node & {
      readonly kind: 'assignment';
      readonly target: Target;
      readonly operator: AssignmentOperator;
      readonly value: Expression;
    })
  /** `let $x: uint64 = 1;`; type and value may be missing. */
  | (Node & {
      readonly kind: 'let';
      readonly variable: Variable;
      readonly type: TypeName | undefined;
      readonly value: Expression | undefined;
    })
  | (Node & {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly then: Block;
      readonly else: Statement | undefined;
    })
  | (Node & { readonly kind: 'while'; readonly condition: Expression; readonly body: Block })
  /** `for $kv : @map { }` */
  | (Node & {
      readonly kind: 'for entries';
      readonly variable: Variable;
      readonly map: MapAccess;
      readonly body: Block;
    })
  /** `for $i : 0..10 { }`; the end is excluded. */
  | (Node & {
      readonly kind: 'for range';
      readonly variable: Variable;
      readonly from: Expression;
      readonly to: Expression;
      readonly body: Block;
    })
  | (Node & { readonly kind: 'unroll'; readonly count: Expression; readonly body: Block })
  | (Node & { readonly kind: 'return'; readonly value: Expression | undefined })
  | (Node & { readonly kind: 'break' })
  | (Node & { readonly kind: 'continue' });

export type AssignmentOperator = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '<<=' | '>>=' | '&=' | '|=' | '^=';

export type Target = Variable | MapAccess;

export interface Variable extends Node {
  readonly kind: 'variable';
  /** Without the `$`. */
  readonly name: string;
}

export interface MapAccess extends Node {
  readonly kind: 'map';
  /** Without the `@`; empty for `@` alone. */
  readonly name: string;
  /** Several parts were written as `@x[a, b]`; `@x[(a, b)]` has one, a tuple. Undefined: written without brackets. */
  readonly key: readonly Expression[] | undefined;
}

export type UnaryOperator = '!' | '~' | '-' | '+' | '*' | '&';

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '<<'
  | '>>'
  | '&'
  | '|'
  | '^'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&&'
  | '||';

export type Expression =
  /** Written in any base, with `_`, an exponent (`1e6`), or a unit of time (`5ms`: nanoseconds). */
  | (Node & { readonly kind: 'integer'; readonly value: bigint; readonly isUnsigned: boolean })
  | (Node & { readonly kind: 'string'; readonly value: string })
  | (Node & { readonly kind: 'boolean'; readonly value: boolean })
  /** A builtin, an enumerator, or a constant of the kernel. */
  | (Node & { readonly kind: 'name'; readonly name: string })
  /** `$1`, or `$#` as index 0. */
  | (Node & { readonly kind: 'positional'; readonly index: number })
  | Variable
  | MapAccess
  | (Node & { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression })
  | (Node & {
      readonly kind: 'increment';
      readonly operator: '++' | '--';
      readonly isPrefix: boolean;
      readonly target: Target;
    })
  | (Node & {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Node & {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly then: Expression;
      readonly else: Expression;
    })
  /** `a.b`, `a->b`, and `tuple.0`. */
  | (Node & { readonly kind: 'field'; readonly object: Expression; readonly name: string; readonly isArrow: boolean })
  | (Node & { readonly kind: 'index'; readonly object: Expression; readonly index: Expression })
  | (Node & {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: readonly Expression[];
      /** A macro of this name takes so many arguments, and was not called. */
      readonly macroParameters?: number;
    })
  | (Node & { readonly kind: 'cast'; readonly type: TypeName; readonly operand: Expression })
  /** `(a, b)`, or `(x=a, y=b)` with names. */
  | (Node & {
      readonly kind: 'tuple';
      readonly elements: readonly Expression[];
      readonly names: readonly string[] | undefined;
    })
  | (Node & { readonly kind: 'sizeof'; readonly of: TypeName | Expression })
  /** `offsetof(struct x, a.b[1])`: the path is divided at its dots. */
  | (Node & { readonly kind: 'offsetof'; readonly of: TypeName | Expression; readonly path: readonly string[] })
  /** `{ statements; value }` */
  | (Node & {
      readonly kind: 'block expression';
      readonly statements: readonly Statement[];
      readonly value: Expression;
    });

export interface TypeName extends Node {
  readonly kind: 'type';
  /** `uint64`, `struct task_struct`, `enum x`, `string`, `pid_t`. Empty with `of`. */
  readonly name: string;
  /** `typeof(expression)` */
  readonly of?: Expression;
  readonly pointers: number;
  /** Sizes in brackets, outermost first; undefined for `[]`. */
  readonly dimensions: readonly (number | undefined)[];
}
