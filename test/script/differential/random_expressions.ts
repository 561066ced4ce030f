/** Random expressions of the types that a statement needs. */
import type { Expression } from '../../../src/script/syntax/tree.js';
import type { Choices } from './choices.js';
import { numberTypes, type PartType, type ScriptMaps } from './script_maps.js';
import * as node from './tree_nodes.js';

export interface KnownVariable {
  readonly name: string;
  /** A list: a tuple. */
  readonly type: PartType | 'bool' | readonly PartType[];
  /** Declared with its type: what it is assigned is converted. */
  readonly isLet: boolean;
  /** The counter of a loop. */
  readonly isFixed: boolean;
}

const numbers = [
  0n,
  1n,
  2n,
  3n,
  7n,
  8n,
  63n,
  100n,
  127n,
  128n,
  255n,
  256n,
  32768n,
  65535n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  1n << 40n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
];
const texts = ['', 'a', 'ab', 'abc', 'abcdefg', 'abcdefgh', 'abcdefghi', 'zzzzzzzzzzzzzzzzzzzzz'];

export class RandomExpressions {
  readonly scopes: KnownVariable[][] = [];
  #isPure = false;

  constructor(
    private readonly choices: Choices,
    private readonly maps: ScriptMaps,
  ) {}

  variables(isWanted: (variable: KnownVariable) => boolean): KnownVariable[] {
    return this.scopes.flat().filter(isWanted);
  }

  /** A value of exactly this type. */
  part(type: PartType, depth: number): Expression {
    return type === 'string' ? this.text(depth) : node.cast(type, this.number(depth));
  }

  /** A number of any type. */
  number(depth: number): Expression {
    const { choices } = this;
    if (depth <= 0) return this.#numberLeaf();
    switch (choices.below(12)) {
      case 0:
      case 1:
        return this.#numberLeaf();
      case 2:
      case 3:
      case 4: {
        const operator = choices.of(['+', '-', '*', '/', '%', '&', '|', '^'] as const);
        return node.binary(operator, this.number(depth - 1), this.number(depth - 1));
      }
      case 5: {
        const distance = node.binary('&', this.number(depth - 1), node.integer(63n));
        return node.binary(choices.of(['<<', '>>'] as const), this.number(depth - 1), distance);
      }
      case 6:
        return node.unary(choices.of(['-', '~', '+'] as const), this.number(depth - 1));
      case 7:
        return node.cast(choices.of(numberTypes), this.number(depth - 1));
      case 8:
        return node.conditional(this.truth(depth - 1), this.number(depth - 1), this.number(depth - 1));
      case 9:
        return node.cast(choices.of(numberTypes), this.comparison(depth - 1));
      case 10:
        return this.#mapNumber(depth);
      default:
        return this.#changingNumber(depth);
    }
  }

  #numberLeaf(): Expression {
    const { choices } = this;
    const known = this.variables(({ type }) => typeof type === 'string' && type !== 'string' && type !== 'bool');
    const tuples = this.variables(({ type }) => typeof type !== 'string' && type.some((part) => part !== 'string'));
    switch (choices.below(5)) {
      case 0:
        return node.integer(choices.of(numbers), choices.below(8) === 7);
      case 1:
        return node.map(choices.of(this.maps.inputs).name, []);
      case 2: {
        if (tuples.length === 0) break;
        const { name, type } = choices.of(tuples);
        const indexes = (type as readonly PartType[]).flatMap((part, index) => (part === 'string' ? [] : [index]));
        return node.element(node.variable(name), choices.of(indexes));
      }
    }
    return known.length === 0 ? node.integer(choices.of(numbers)) : node.variable(choices.of(known).name);
  }

  /** Without effects: bpftrace computes the key of `@x[key] *= y` twice. */
  key(parts: readonly PartType[]): Expression[] {
    const before = this.#isPure;
    this.#isPure = true;
    const key = parts.map((type) => this.part(type, 1));
    this.#isPure = before;
    return key;
  }

  #mapNumber(depth: number): Expression {
    const { choices, maps } = this;
    const [tuple] = maps.tuples;
    const index = tuple?.elements.findIndex((part) => part !== 'string') ?? -1;
    if (tuple !== undefined && index >= 0 && choices.below(3) === 0)
      return node.element(node.map(tuple.name, this.key(tuple.key)), index);
    if (maps.numbers.length === 0) return this.number(depth - 1);
    const { name, key } = choices.of(maps.numbers);
    return node.map(name, this.key(key));
  }

  /** Also with an effect: a variable is counted, or a block runs first. */
  #changingNumber(depth: number): Expression {
    const { choices } = this;
    const counted = this.variables(({ isLet, isFixed, type }) => isLet && !isFixed && type === 'int64');
    if (!this.#isPure && counted.length > 0 && choices.below(3) > 0) {
      const operator = choices.of(['++', '--'] as const);
      return node.increment(operator, choices.below(2) === 0, node.variable(choices.of(counted).name));
    }
    const first = this.text(depth - 1);
    const second = this.text(depth - 1);
    return node.call('strncmp', first, second, node.integer(BigInt(choices.below(12))));
  }

  /** True or false: what a condition takes. */
  truth(depth: number): Expression {
    return this.choices.below(4) === 0 ? this.number(depth - 1) : this.comparison(depth);
  }

  /** Of type bool. */
  comparison(depth: number): Expression {
    const { choices, maps } = this;
    const known = this.variables(({ type }) => type === 'bool');
    const keyed = maps.numbers.filter(({ key }) => key.length > 0);
    switch (choices.below(depth > 0 ? 9 : 4)) {
      case 0:
      case 1:
        return node.binary(
          choices.of(['==', '!=', '<', '<=', '>', '>='] as const),
          this.number(depth - 1),
          this.number(depth - 1),
        );
      case 2:
        if (known.length > 0) return node.variable(choices.of(known).name);
        break;
      case 3:
        if (keyed.length > 0) {
          const { name, key } = choices.of(keyed);
          const parts = this.key(key);
          return node.call('has_key', node.map(name, []), parts.length === 1 ? parts[0]! : node.tuple(parts));
        }
        break;
      case 4:
      case 5:
        return node.binary(choices.of(['&&', '||'] as const), this.truth(depth - 1), this.truth(depth - 1));
      case 6:
        return node.unary('!', this.truth(depth - 1));
      case 7: {
        const [first, second] = [this.comparison(depth - 1), this.comparison(depth - 1)];
        return node.conditional(this.truth(depth - 1), first, second);
      }
    }
    return node.binary(choices.of(['==', '!='] as const), this.text(depth - 1), this.text(depth - 1));
  }

  text(depth: number): Expression {
    const { choices, maps } = this;
    const known = this.variables(({ type }) => type === 'string');
    const [map] = maps.texts;
    switch (choices.below(depth > 0 ? 5 : 3)) {
      case 1:
        if (known.length > 0) return node.variable(choices.of(known).name);
        break;
      case 3:
        if (map !== undefined) return node.map(map.name, this.key(map.key));
        break;
      case 4:
        return node.conditional(this.truth(depth - 1), this.text(depth - 1), this.text(depth - 1));
    }
    return node.text(choices.of(texts));
  }
}
