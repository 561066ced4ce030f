/** Syntax trees of all kinds of nodes, well typed or not, and scripts that a tree can be parsed from. */
import type {
  AssignmentOperator,
  BinaryOperator,
  Block,
  Expression,
  MapAccess,
  Script,
  Statement,
  Target,
  TypeName,
  UnaryOperator,
  Variable,
} from '../../../src/script/syntax/tree.js';
import type { Choices } from '../object/random_function.js';

const place = { start: 0, end: 0 };
const names = ['a', 'pid', 'comm', 'x_1', 'Upper', 'std::max', 'ns', 'iffy'] as const;
const binaryOperators: readonly BinaryOperator[] = ['+', '-', '*', '/', '%', '<<', '>>', '&', '|', '^', '==', '!=', '<', '<=', '>', '>=', '&&', '||']; // biome-ignore format: a list
const unaryOperators: readonly UnaryOperator[] = ['!', '~', '-', '+', '*', '&'];
const assignments: readonly AssignmentOperator[] = ['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '|=', '^='];
const types = ['uint8', 'int64', 'struct sock', 'union u', 'enum e', 'string', 'size_t', 'bool', 'void'] as const;
const texts = [
  '',
  'text',
  '"quoted"',
  'back\\slash',
  'two\nlines',
  'NUL\0end',
  'ümlaut',
  '%d // */',
  '\x7f\x01',
] as const;
const providers = ['begin', 'end', 'kprobe', 't', 'rawtracepoint', 'self', 'k*'] as const;
const parts = ['vfs_read', 'syscalls', 'sys_enter_*', '/bin/sh', 'a b', '99', 'f(int, char)', 'c++', '+0x1f'] as const;

export function randomTree(choices: Choices): Script {
  const some = <Item>(most: number, make: () => Item) => Array.from({ length: choices.below(most + 1) }, make);
  return {
    settings: some(2, () => ({ name: 'max_strlen', value: choices.of(['text', 64n, true, false]), place })),
    definitions: some(1, () => ({ text: 'struct x { int a; struct { char b[2]; } c; };', place })),
    maps: some(2, () => ({
      name: choices.of(names.filter((name) => !name.includes(':'))),
      kind: 'lruhash',
      entries: BigInt(choices.below(1000)),
      place,
    })),
    probes: Array.from({ length: 1 + choices.below(3) }, () => ({
      points: Array.from({ length: 1 + choices.below(2) }, () => ({
        provider: choices.of(providers),
        parts: some(3, () => choices.of(parts)),
        place,
      })),
      predicate: choices.below(2) === 0 ? undefined : expression(choices, 3),
      body: block(choices, 3),
      place,
    })),
  };
}

function block(choices: Choices, depth: number): Block {
  return { kind: 'block', statements: statements(choices, depth), place };
}

const statements = (choices: Choices, depth: number) =>
  Array.from({ length: choices.below(4) }, () => statement(choices, depth));

function statement(choices: Choices, depth: number): Statement {
  const value = () => expression(choices, depth);
  const body = () => block(choices, depth - 1);
  switch (choices.below(depth > 0 ? 13 : 6)) {
    case 0:
      return { kind: 'expression statement', expression: value(), place };
    case 1:
      return {
        kind: 'assignment',
        target: target(choices, depth),
        operator: choices.of(assignments),
        value: value(),
        place,
      };
    case 2:
      return {
        kind: 'let',
        variable: variable(choices),
        type: choices.below(2) === 0 ? typeName(choices) : undefined,
        value: choices.below(2) === 0 ? value() : undefined,
        place,
      };
    case 3:
      return { kind: 'return', value: choices.below(2) === 0 ? value() : undefined, place };
    case 4:
      return { kind: 'break', place };
    case 5:
      return { kind: 'continue', place };
    case 6:
      return body();
    case 7:
      return { kind: 'while', condition: value(), body: body(), place };
    case 8:
      return { kind: 'for entries', variable: variable(choices), map: map(choices, 0), body: body(), place };
    case 9:
      return { kind: 'for range', variable: variable(choices), from: value(), to: value(), body: body(), place };
    case 10:
      return { kind: 'unroll', count: value(), body: body(), place };
    default: {
      const last = [undefined, body(), conditionOnly(choices, depth)];
      return { kind: 'if', condition: value(), then: body(), else: choices.of(last), place };
    }
  }
}

const conditionOnly = (choices: Choices, depth: number): Statement => ({
  kind: 'if',
  condition: expression(choices, depth - 1),
  then: block(choices, 0),
  else: undefined,
  place,
});

const variable = (choices: Choices): Variable => ({ kind: 'variable', name: choices.of(['x', 'y_2', 'if']), place });

const map = (choices: Choices, depth: number): MapAccess => ({
  kind: 'map',
  name: choices.of(['', 'x', 'long_name']),
  key: choices.below(2) === 0 ? undefined : expressions(choices, depth, 1),
  place,
});

const target = (choices: Choices, depth: number): Target =>
  choices.below(2) === 0 ? variable(choices) : map(choices, depth - 1);

const expressions = (choices: Choices, depth: number, least = 0) =>
  Array.from({ length: least + choices.below(3) }, () => expression(choices, depth - 1));

function typeName(choices: Choices): TypeName {
  const dimensions = Array.from({ length: choices.below(3) }, () =>
    choices.below(3) === 0 ? undefined : choices.below(9),
  );
  return { kind: 'type', name: choices.of(types), pointers: choices.below(3), dimensions, place };
}

function leaf(choices: Choices): Expression {
  switch (choices.below(6)) {
    case 0:
      return {
        kind: 'integer',
        value: choices.of([0n, 1n, 42n, 1n << 63n, (1n << 64n) - 1n]),
        isUnsigned: choices.below(2) === 0,
        place,
      };
    case 1:
      return { kind: 'string', value: choices.of(texts), place };
    case 2:
      return { kind: 'boolean', value: choices.below(2) === 0, place };
    case 3:
      return { kind: 'name', name: choices.of(names), place };
    case 4:
      return { kind: 'positional', index: choices.below(4), place };
    default:
      return variable(choices);
  }
}

function expression(choices: Choices, depth: number): Expression {
  const inner = () => expression(choices, depth - 1);
  switch (depth <= 0 ? 0 : choices.below(14)) {
    case 1:
      return map(choices, depth);
    case 2:
      return { kind: 'unary', operator: choices.of(unaryOperators), operand: inner(), place };
    case 3:
      return {
        kind: 'increment',
        operator: choices.of(['++', '--'] as const),
        isPrefix: choices.below(2) === 0,
        target: target(choices, depth - 1),
        place,
      };
    case 4:
    case 5:
      return { kind: 'binary', operator: choices.of(binaryOperators), left: inner(), right: inner(), place };
    case 6:
      return { kind: 'conditional', condition: inner(), then: inner(), else: inner(), place };
    case 7:
      return {
        kind: 'field',
        object: inner(),
        name: choices.of(['a', '0', 'next']),
        isArrow: choices.below(2) === 0,
        place,
      };
    case 8:
      return { kind: 'index', object: inner(), index: inner(), place };
    case 9:
      return { kind: 'call', name: choices.of(names), arguments: expressions(choices, depth), place };
    case 10:
      return { kind: 'cast', type: typeName(choices), operand: inner(), place };
    case 11: {
      const elements = expressions(choices, depth);
      const named = elements.length > 0 && choices.below(3) === 0;
      return { kind: 'tuple', elements, names: named ? elements.map((_, index) => `n${index}`) : undefined, place };
    }
    case 12: {
      const of = choices.below(2) === 0 ? typeName(choices) : inner();
      return choices.below(2) === 0
        ? { kind: 'sizeof', of, place }
        : { kind: 'offsetof', of, path: choices.of([['a'], ['a', 'b'], ['a', '[1]', 'b']]), place };
    }
    case 13:
      return { kind: 'block expression', statements: statements(choices, depth - 1), value: inner(), place };
    default:
      return leaf(choices);
  }
}
