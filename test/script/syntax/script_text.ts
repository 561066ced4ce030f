/** Writes a syntax tree as a script: parsing it gives the same tree. */
import type {
  AttachPoint,
  Block,
  Expression,
  Script,
  Setting,
  Statement,
  TypeName,
} from '../../../src/script/syntax/tree.js';

/** @throws Error for what cannot be written: variables of macros, whose names are not those of the script */
export function printScript({ settings, definitions, maps, probes }: Script): string {
  const parts = [
    settings.length === 0 ? '' : `config = { ${settings.map(setting).join('; ')} }`,
    ...definitions.map(({ text }) => text),
    ...maps.map(({ name, kind, entries }) => `let @${name} = ${kind}(${entries});`),
    ...probes.map(({ points, predicate, body }) => {
      const condition = predicate === undefined ? '' : ` / ${operand(predicate)} /`;
      return `${points.map(attachPoint).join(', ')}${condition} ${block(body)}`;
    }),
  ];
  return `${parts.filter((part) => part !== '').join('\n')}\n`;
}

function setting({ name, value }: Setting): string {
  return `${name} = ${typeof value === 'string' ? text(value) : value}`;
}

function attachPoint({ provider, parts }: AttachPoint): string {
  return [provider, ...parts.map((part) => (/^[^\s:,"{}/]+$/.test(part) ? part : `"${part}"`))].join(':');
}

function block({ statements }: Block): string {
  return `{ ${statements.map(statement).join(' ')} }`;
}

function statement(node: Statement): string {
  switch (node.kind) {
    case 'block':
      return block(node);
    case 'expression statement':
      // A statement that begins with { or if is a block or a condition.
      return `${/^(?:block expression|conditional|tuple)$/.test(node.expression.kind) ? parenthesized(node.expression) : expression(node.expression)};`;
    case 'assignment':
      return `${expression(node.target)} ${node.operator} ${expression(node.value)};`;
    case 'let': {
      const type = node.type === undefined ? '' : `: ${typeName(node.type)}`;
      const value = node.value === undefined ? '' : ` = ${expression(node.value)}`;
      return `let ${expression(node.variable)}${type}${value};`;
    }
    case 'if': {
      const rest = node.else === undefined ? '' : ` else ${statement(node.else)}`;
      return `if (${expression(node.condition)}) ${block(node.then)}${rest}`;
    }
    case 'while':
      return `while (${expression(node.condition)}) ${block(node.body)}`;
    case 'for entries':
      return `for ${expression(node.variable)} : ${expression(node.map)} ${block(node.body)}`;
    case 'for range':
      return `for ${expression(node.variable)} : ${operand(node.from)} .. ${operand(node.to)} ${block(node.body)}`;
    case 'unroll':
      return `unroll (${expression(node.count)}) ${block(node.body)}`;
    case 'return':
      return node.value === undefined ? 'return;' : `return ${expression(node.value)};`;
    case 'break':
    case 'continue':
      return `${node.kind};`;
  }
}

const parenthesized = (node: Expression) => `(${expression(node)})`;

/** Kinds that stand on both sides of any operator as they are. */
const primary = /^(?:integer|string|boolean|name|positional|variable|map|call|tuple|sizeof|offsetof)$/;

const operand = (node: Expression) => (primary.test(node.kind) ? expression(node) : parenthesized(node));

const list = (nodes: readonly Expression[]) => nodes.map(expression).join(', ');

function expression(node: Expression): string {
  switch (node.kind) {
    case 'integer':
      return `${node.value}${node.isUnsigned ? 'u' : ''}`;
    case 'string':
      return text(node.value);
    case 'boolean':
      return String(node.value);
    case 'name':
      return node.name;
    case 'positional':
      return node.index === 0 ? '$#' : `$${node.index}`;
    case 'variable':
      if (!/^\w+$/.test(node.name)) throw new Error(`$${node.name} cannot be written`);
      return `$${node.name}`;
    case 'map':
      return `@${node.name}${node.key === undefined ? '' : `[${list(node.key)}]`}`;
    case 'unary':
      return `${node.operator}${operand(node.operand)}`;
    case 'increment':
      return node.isPrefix
        ? `${node.operator}${expression(node.target)}`
        : `${expression(node.target)}${node.operator}`;
    case 'binary':
      return `${operand(node.left)} ${node.operator} ${operand(node.right)}`;
    case 'conditional':
      return `${operand(node.condition)} ? ${operand(node.then)} : ${operand(node.else)}`;
    case 'field':
      return `${operand(node.object)}${node.isArrow ? '->' : '.'}${node.name}`;
    case 'index':
      // @x[1] would be a key.
      return `${node.object.kind === 'map' && node.object.key === undefined ? parenthesized(node.object) : operand(node.object)}[${expression(node.index)}]`;
    case 'call':
      return `${node.name}(${list(node.arguments)})`;
    case 'cast':
      return `(${typeName(node.type)})${operand(node.operand)}`;
    case 'tuple':
      return tuple(node);
    case 'sizeof':
      return `sizeof(${typeOrExpression(node.of)})`;
    case 'offsetof':
      return `offsetof(${typeOrExpression(node.of)}, ${node.path.join('.').replaceAll('.[', '[')})`;
    case 'block expression':
      return `{ ${node.statements.map((each) => `${statement(each)} `).join('')}${parenthesized(node.value)} }`;
  }
}

function tuple({ elements, names }: Extract<Expression, { kind: 'tuple' }>): string {
  if (names !== undefined)
    return `(${elements.map((element, index) => `${names[index]} = ${expression(element)}`).join(', ')})`;
  return elements.length === 1 ? `(${list(elements)},)` : `(${list(elements)})`;
}

/** A name alone would be that of a type. */
function typeOrExpression(of: TypeName | Expression): string {
  return of.kind === 'type' ? typeName(of) : parenthesized(of);
}

function typeName({ name, pointers, dimensions }: TypeName): string {
  return `${name}${' *'.repeat(pointers > 0 ? 1 : 0)}${'*'.repeat(Math.max(0, pointers - 1))}${dimensions.map((size) => `[${size ?? ''}]`).join('')}`;
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\\': '\\\\', '"': '\\"' };

function text(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be written otherwise
  const escaped = value.replace(/[\x00-\x1f"\\\x7f]/g, (character) => {
    return escapes[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}
