/** Random statements of one block. */
import type { Statement } from '../../../src/script/syntax/tree.js';
import type { Choices } from './choices.js';
import { RandomExpressions } from './random_expressions.js';
import { aggregateCall, numberTypes, type PartType, type ScriptMaps } from './script_maps.js';
import * as node from './tree_nodes.js';

/** All statements of a block, with those of inner blocks: the kernel checks each path. */
const mostStatements = 10;

export class RandomStatements {
  readonly #expressions: RandomExpressions;
  #left: number;
  #names = 0;

  constructor(
    private readonly choices: Choices,
    private readonly maps: ScriptMaps,
  ) {
    this.#expressions = new RandomExpressions(choices, maps);
    this.#left = 1 + choices.below(mostStatements);
  }

  body(): Statement[] {
    return this.#statements(this.#left, 3, false);
  }

  #statements(count: number, depth: number, isLoop: boolean): Statement[] {
    const { scopes } = this.#expressions;
    scopes.push([]);
    const statements: Statement[] = [];
    for (let index = 0; index < count && this.#left > 0; index++) {
      this.#left--;
      statements.push(...this.#statement(depth, isLoop));
    }
    scopes.pop();
    return statements;
  }

  #statement(depth: number, isLoop: boolean): Statement[] {
    const { choices } = this;
    const compound = depth > 0 ? 4 : 0;
    switch (choices.below(9 + compound + (isLoop ? 1 : 0))) {
      case 0:
      case 1:
        return [this.#aggregate()];
      case 2:
      case 3:
        return [this.#newVariable()];
      case 4:
      case 5:
        return this.#changedVariable();
      case 6:
      case 7:
        return this.#numberMap();
      case 8:
        return this.#otherMap();
      case 9:
        if (depth > 0) return [this.#if(depth, isLoop)];
        return [node.if_(this.#expressions.truth(2), [node.jump(choices.of(['break', 'continue'] as const))])];
      case 10:
      case 11:
        return this.#loop(depth);
      case 12:
        return [
          choices.below(6) === 0
            ? node.if_(this.#expressions.truth(2), [node.return_])
            : node.block(this.#statements(2, depth - 1, isLoop)),
        ];
      default:
        return [node.if_(this.#expressions.truth(2), [node.jump(choices.of(['break', 'continue'] as const))])];
    }
  }

  #aggregate(): Statement {
    const { name, key, settings } = this.choices.of(this.maps.aggregates);
    return node.assignment(
      node.map(name, this.#expressions.key(key)),
      aggregateCall(settings, this.#expressions.number(3)),
    );
  }

  #newVariable(): Statement {
    const { choices } = this;
    const name = `v${this.#names++}`;
    const declare = (type: PartType | 'bool' | readonly PartType[], isLet = false, isFixed = false) =>
      this.#expressions.scopes.at(-1)!.push({ name, type, isLet, isFixed });
    const kind = choices.below(8);
    if (kind === 7) {
      const elements = Array.from({ length: 1 + choices.below(3) }, () =>
        choices.of([...numberTypes, 'string' as const]),
      );
      const value = node.tuple(elements.map((type) => this.#expressions.part(type, 2)));
      declare(elements);
      return node.assignment(node.variable(name), value);
    }
    if (kind === 6) {
      const value = this.#expressions.text(2);
      declare('string');
      return node.assignment(node.variable(name), value);
    }
    if (kind === 5) {
      const value = this.#expressions.comparison(2);
      declare('bool');
      return node.assignment(node.variable(name), value);
    }
    const type = choices.of(numberTypes);
    const value = this.#expressions.number(3);
    const isLet = kind < 3;
    declare(type, isLet);
    return isLet ? node.let_(name, type, value) : node.assignment(node.variable(name), node.cast(type, value));
  }

  #changedVariable(): Statement[] {
    const { choices } = this;
    const known = this.#expressions.variables(({ isFixed }) => !isFixed);
    if (known.length === 0) return [this.#newVariable()];
    const { name, type, isLet } = choices.of(known);
    const target = node.variable(name);
    if (typeof type !== 'string') {
      return [node.assignment(target, node.tuple(type.map((part) => this.#expressions.part(part, 2))))];
    }
    if (type === 'string') return [node.assignment(target, this.#expressions.text(2))];
    if (type === 'bool') return [node.assignment(target, this.#expressions.comparison(2))];
    const value = this.#expressions.number(3);
    if (!isLet) return [node.assignment(target, node.cast(type, value))];
    switch (choices.below(4)) {
      case 0:
        return [node.assignment(target, value, choices.of(['+=', '-=', '*=', '&=', '|=', '^=', '/=', '%='] as const))];
      case 1:
        return [node.run(node.increment(choices.of(['++', '--'] as const), choices.below(2) === 0, target))];
      case 2:
        return [
          node.assignment(target, node.binary('&', value, node.integer(63n)), choices.of(['<<=', '>>='] as const)),
        ];
      default:
        return [node.assignment(target, value)];
    }
  }

  #numberMap(): Statement[] {
    const { choices, maps } = this;
    if (maps.numbers.length === 0) return [this.#aggregate()];
    const { name, key, isDeleted } = choices.of(maps.numbers);
    const target = node.map(name, this.#expressions.key(key));
    const value = this.#expressions.number(3);
    switch (choices.below(isDeleted ? 6 : 5)) {
      case 0:
        return [node.assignment(target, value)];
      case 1:
        return [node.assignment(target, value, choices.of(['+=', '-='] as const))];
      case 2:
        return [node.assignment(target, value, choices.of(['*=', '&=', '|=', '^=', '/=', '%='] as const))];
      case 3:
        return [node.run(node.increment(choices.of(['++', '--'] as const), choices.below(2) === 0, target))];
      case 4: {
        const variable = `v${this.#names++}`;
        const old = node.increment(choices.of(['++', '--'] as const), choices.below(2) === 0, target);
        this.#expressions.scopes.at(-1)!.push({ name: variable, type: 'int64', isLet: true, isFixed: false });
        return [node.let_(variable, 'int64', old)];
      }
      default:
        return [node.run(node.call('delete', target))];
    }
  }

  #otherMap(): Statement[] {
    const { choices, maps } = this;
    const [text] = maps.texts;
    const [tuple] = maps.tuples;
    if (tuple !== undefined && (text === undefined || choices.below(2) === 0)) {
      const value = node.tuple(tuple.elements.map((type) => this.#expressions.part(type, 2)));
      return [node.assignment(node.map(tuple.name, this.#expressions.key(tuple.key)), value)];
    }
    if (text === undefined) return [this.#aggregate()];
    return [node.assignment(node.map(text.name, this.#expressions.key(text.key)), this.#expressions.text(2))];
  }

  #if(depth: number, isLoop: boolean): Statement {
    const condition = this.#expressions.truth(3);
    const then = this.#statements(1 + this.choices.below(3), depth - 1, isLoop);
    switch (this.choices.below(3)) {
      case 0:
        return node.if_(condition, then);
      case 1:
        return node.if_(condition, then, node.block(this.#statements(2, depth - 1, isLoop)));
      default: {
        const second = this.#expressions.truth(2);
        return node.if_(condition, then, node.if_(second, this.#statements(2, depth - 1, isLoop)));
      }
    }
  }

  #loop(depth: number): Statement[] {
    const { choices } = this;
    const name = `v${this.#names++}`;
    const scope = this.#expressions.scopes.at(-1)!;
    const count = 1 + choices.below(4);
    const inside = () => this.#statements(1 + choices.below(2), depth > 1 ? depth - 2 : 0, true);
    switch (choices.below(3)) {
      case 0:
        return [node.unroll(count, inside())];
      case 1: {
        // Counted first, so that `continue` does not skip it.
        const counter = node.variable(name);
        const start = node.assignment(counter, node.cast('uint64', node.integer(0n)));
        scope.push({ name, type: 'uint64', isLet: false, isFixed: true });
        const step = node.assignment(counter, node.cast('uint64', node.binary('+', counter, node.integer(1n))));
        return [start, node.while_(node.binary('<', counter, node.integer(BigInt(count))), [step, ...inside()])];
      }
      default: {
        const scopes = this.#expressions.scopes;
        const from = node.cast('int64', node.integer(BigInt(choices.below(3)) - 1n));
        const isKnown = choices.below(2) === 0;
        const to = isKnown
          ? node.integer(BigInt(count))
          : node.cast('int64', node.binary('&', this.#expressions.number(2), node.integer(3n)));
        scopes.push([{ name, type: 'int64', isLet: false, isFixed: true }]);
        const body = inside();
        scopes.pop();
        return [node.forRange(name, from, to, body)];
      }
    }
  }
}
