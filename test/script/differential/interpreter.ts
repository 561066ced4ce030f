/** Runs a script by its tree, as bpftrace's language has it. It knows what random scripts use. */
import type { Expression, MapAccess, Script, Statement } from '../../../src/script/syntax/tree.js';
import { type Aggregate, addTo } from './aggregate.js';
import {
  type ArithmeticOperator,
  asType,
  type ComparisonOperator,
  computed,
  int64,
  isCompared,
  literal,
  type NumberType,
  negated,
  promoted,
  type TypedNumber,
  truthOf,
  uint64,
} from './number_type.js';
import type { ScriptMaps } from './script_maps.js';

export type InterpretedValue = TypedNumber | string | readonly InterpretedValue[];

/** Entries by the text of their keys. */
export type InterpretedMap = Map<string, InterpretedValue | Aggregate>;

interface Variable {
  value: InterpretedValue;
  /** Declared with this type. */
  readonly type: NumberType | undefined;
}

class Jump {
  constructor(readonly kind: 'break' | 'continue' | 'return') {}
}

export const isNumber = (value: InterpretedValue): value is TypedNumber => typeof value === 'object' && 'type' in value;

/** As a key or a result is compared: parts in their order. */
export function plainText(value: InterpretedValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return isNumber(value) ? String(value.value) : `(${value.map(plainText).join(', ')})`;
}

export function numberType(name: string): NumberType {
  if (name === 'bool') return truthOf(true).type;
  const [, unsigned, bits] = /^(u?)int(\d+)$/.exec(name)!;
  return { bytes: (Number(bits) / 8) as 8, isSigned: unsigned === '' };
}

/** A variable forgets that its value was written in the script. */
const storedType = ({ bytes, isSigned, isBoolean }: NumberType): NumberType => ({
  bytes,
  isSigned,
  ...(isBoolean && { isBoolean }),
});

export class Interpreter {
  readonly maps = new Map<string, InterpretedMap>();
  #variables = new Map<string, Variable>();
  readonly #aggregates;
  readonly #usual;

  constructor(description: ScriptMaps) {
    this.#aggregates = new Map(description.aggregates.map(({ name, settings }) => [name, settings]));
    const zero = (type: string): InterpretedValue => (type === 'string' ? '' : asType(0n, numberType(type)));
    this.#usual = new Map<string, InterpretedValue>([
      ['runs', asType(0n, int64)],
      ...description.numbers.map(({ name }) => [name, asType(0n, int64)] as const),
      ...description.texts.map(({ name }) => [name, ''] as const),
      ...description.tuples.map(({ name, elements }) => [name, elements.map(zero)] as const),
    ]);
  }

  setInput(name: string, type: string, value: bigint): void {
    this.#map(name).set('', asType(value, numberType(type)));
  }

  /** Runs a block of the script once. */
  run(script: Script, block: number): void {
    this.#variables = new Map();
    try {
      this.#all(script.probes[block]!.body.statements);
    } catch (error) {
      if (!(error instanceof Jump && error.kind === 'return')) throw error;
    }
  }

  #map(name: string): InterpretedMap {
    let map = this.maps.get(name);
    if (map === undefined) {
      map = new Map();
      this.maps.set(name, map);
    }
    return map;
  }

  #all(statements: readonly Statement[]): void {
    for (const statement of statements) this.#run(statement);
  }

  /** @returns whether the loop goes on */
  #body(statements: readonly Statement[]): boolean {
    try {
      this.#all(statements);
    } catch (error) {
      if (!(error instanceof Jump) || error.kind === 'return') throw error;
      return error.kind === 'continue';
    }
    return true;
  }

  #run(statement: Statement): void {
    switch (statement.kind) {
      case 'block':
        this.#all(statement.statements);
        break;
      case 'expression statement':
        this.#value(statement.expression);
        break;
      case 'assignment':
        this.#assign(statement);
        break;
      case 'let': {
        const type = numberType(statement.type!.name);
        const { value } = this.#number(statement.value!);
        this.#variables.set(statement.variable.name, { type, value: asType(value, type) });
        break;
      }
      case 'if':
        if (this.#isTrue(statement.condition)) this.#all(statement.then.statements);
        else if (statement.else !== undefined) this.#run(statement.else);
        break;
      case 'while':
        while (this.#isTrue(statement.condition) && this.#body(statement.body.statements));
        break;
      case 'unroll': {
        const { value } = this.#number(statement.count);
        for (let round = 0n; round < value && this.#body(statement.body.statements); round++);
        break;
      }
      case 'for range': {
        const from = this.#number(statement.from);
        const to = BigInt.asIntN(64, this.#number(statement.to).value);
        for (let at = from.value; at < to; at++) {
          this.#variables.set(statement.variable.name, { type: undefined, value: asType(at, int64) });
          if (!this.#body(statement.body.statements)) break;
        }
        break;
      }
      case 'break':
      case 'continue':
      case 'return':
        throw new Jump(statement.kind);
      default:
        throw new Error(`no ${statement.kind} here`);
    }
  }

  #assign({ target, operator, value }: Extract<Statement, { kind: 'assignment' }>): void {
    if (target.kind === 'map') {
      this.#assignMap(target, operator, value);
      return;
    }
    const before = operator === '=' ? undefined : this.#number(target);
    const given = this.#value(value);
    const how = operator.slice(0, -1) as ArithmeticOperator;
    this.#setVariable(target.name, before === undefined ? given : computed(how, before, given as TypedNumber));
  }

  #setVariable(name: string, value: InterpretedValue): void {
    const known = this.#variables.get(name);
    const kept = isNumber(value) ? asType(value.value, known?.type ?? storedType(value.type)) : value;
    if (known === undefined) this.#variables.set(name, { type: undefined, value: kept });
    else known.value = kept;
  }

  #assignMap(target: MapAccess, operator: string, expression: Expression): void {
    const settings = this.#aggregates.get(target.name);
    const map = this.#map(target.name);
    if (settings !== undefined) {
      const [argument] = expression.kind === 'call' ? expression.arguments : [];
      const value = argument === undefined ? 1n : this.#number(argument).value;
      const key = this.#key(target.key);
      const aggregate = (map.get(key) ?? new Map<string, bigint>()) as Aggregate;
      map.set(key, aggregate);
      addTo(aggregate, settings, value);
      return;
    }
    const given = this.#value(expression);
    const key = this.#key(target.key);
    if (!isNumber(given)) map.set(key, given);
    else if (operator === '=') map.set(key, asType(given.value, int64));
    else {
      const how = operator.slice(0, -1) as ArithmeticOperator;
      map.set(key, asType(computed(how, this.#entry(target.name, key) as TypedNumber, given).value, int64));
    }
  }

  #key(key: readonly Expression[] | undefined): string {
    const parts = key?.length === 1 && key[0]!.kind === 'tuple' ? key[0]!.elements : (key ?? []);
    return parts.map((part) => plainText(this.#value(part))).join(', ');
  }

  #entry(name: string, key: string): InterpretedValue {
    return (this.#map(name).get(key) as InterpretedValue | undefined) ?? this.#usual.get(name)!;
  }

  #number(expression: Expression): TypedNumber {
    const value = this.#value(expression);
    if (isNumber(value)) return value;
    throw new Error(`${expression.kind} is no number`);
  }

  #isTrue(expression: Expression): boolean {
    return this.#number(expression).value !== 0n;
  }

  #value(expression: Expression): InterpretedValue {
    switch (expression.kind) {
      case 'integer':
        return literal(expression.value, expression.isUnsigned);
      case 'string':
        return expression.value;
      case 'variable':
        return this.#variables.get(expression.name)!.value;
      case 'map':
        return this.#entry(expression.name, this.#key(expression.key));
      case 'unary': {
        if (expression.operator === '!') return truthOf(!this.#isTrue(expression.operand));
        return negated(expression.operator as '-', this.#number(expression.operand));
      }
      case 'increment':
        return this.#increment(expression);
      case 'binary':
        return this.#binary(expression);
      case 'conditional':
        return this.#conditional(expression);
      case 'field':
        return (this.#value(expression.object) as readonly InterpretedValue[])[Number(expression.name)]!;
      case 'cast':
        return asType(this.#number(expression.operand).value, numberType(expression.type.name));
      case 'tuple':
        return expression.elements.map((element) => this.#value(element));
      case 'call':
        return this.#call(expression);
      default:
        throw new Error(`no ${expression.kind} here`);
    }
  }

  #binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): InterpretedValue {
    if (operator === '&&') return truthOf(this.#isTrue(left) && this.#isTrue(right));
    if (operator === '||') return truthOf(this.#isTrue(left) || this.#isTrue(right));
    const a = this.#value(left);
    const b = this.#value(right);
    if (typeof a === 'string' || typeof b === 'string') return truthOf((a === b) === (operator === '=='));
    const numbers = [a, b] as [TypedNumber, TypedNumber];
    return /^(?:[<>=!]=|[<>])$/.test(operator)
      ? truthOf(isCompared(operator as ComparisonOperator, ...numbers))
      : computed(operator as ArithmeticOperator, ...numbers);
  }

  #conditional({ condition, then, else: otherwise }: Extract<Expression, { kind: 'conditional' }>): InterpretedValue {
    const value = this.#value(this.#isTrue(condition) ? then : otherwise);
    return isNumber(value) ? asType(value.value, promoted(this.#typeOf(then), this.#typeOf(otherwise))) : value;
  }

  /** The type of a number, without computing it. */
  #typeOf(expression: Expression): NumberType {
    const zero = (type: NumberType): TypedNumber => ({ type, value: type.isLiteral && !type.isFlexible ? -1n : 0n });
    switch (expression.kind) {
      case 'integer':
        return literal(expression.value, expression.isUnsigned).type;
      case 'variable':
      case 'map':
      case 'field':
        return (this.#value(expression) as TypedNumber).type;
      case 'increment':
        return (this.#value(expression.target) as TypedNumber).type;
      case 'cast':
        return numberType(expression.type.name);
      case 'call':
        return expression.name === 'strncmp' ? uint64 : truthOf(true).type;
      case 'conditional':
        return promoted(this.#typeOf(expression.then), this.#typeOf(expression.else));
      case 'unary':
        if (expression.operator === '!') return truthOf(true).type;
        return negated(expression.operator as '-', this.#literalOr(expression.operand, zero)).type;
      case 'binary':
        if (/^(?:[<>=!]=|[<>]|&&|\|\|)$/.test(expression.operator)) return truthOf(true).type;
        return computed(
          expression.operator as ArithmeticOperator,
          this.#literalOr(expression.left, zero),
          this.#literalOr(expression.right, zero),
        ).type;
      default:
        throw new Error(`no ${expression.kind} here`);
    }
  }

  /** Of literals the value decides the type. */
  #literalOr(expression: Expression, zero: (type: NumberType) => TypedNumber): TypedNumber {
    const type = this.#typeOf(expression);
    return type.isLiteral ? this.#number(expression) : zero(type);
  }

  #increment({ operator, isPrefix, target }: Extract<Expression, { kind: 'increment' }>): InterpretedValue {
    const amount = operator === '++' ? 1n : -1n;
    if (target.kind === 'variable') {
      const before = this.#number(target);
      this.#setVariable(target.name, asType(before.value + amount, before.type));
      return isPrefix ? this.#number(target) : before;
    }
    const key = this.#key(target.key);
    const before = this.#entry(target.name, key) as TypedNumber;
    const after = asType(before.value + amount, int64);
    this.#map(target.name).set(key, after);
    return isPrefix ? after : before;
  }

  #call({ name, arguments: given }: Extract<Expression, { kind: 'call' }>): InterpretedValue {
    const [first, second, third] = given;
    switch (name) {
      case 'strncmp': {
        const length = Number(this.#number(third!).value);
        const [a, b] = [first!, second!].map((each) => (this.#value(each) as string).slice(0, length));
        return asType(a === b ? 0n : 1n, uint64);
      }
      case 'has_key':
        return truthOf(this.#map((first as MapAccess).name).has(this.#key([second!])));
      case 'delete': {
        const { name: map, key } = first as MapAccess;
        return truthOf(this.#map(map).delete(this.#key(key)));
      }
      default:
        throw new Error(`no ${name}() here`);
    }
  }
}
