import { rewritten, type TreeNode } from './rewriting.js';
import { SyntaxFault } from './syntax_fault.js';
import type { Expression, Place, Script, Statement, TypeName } from './tree.js';

/** `macro name($a, @b, c) { ... }`: parameters stand for a variable, a map, or any expression. */
export interface Macro {
  readonly name: string;
  readonly parameters: readonly { readonly kind: 'variable' | 'map' | 'expression'; readonly name: string }[];
  readonly body: { readonly statements: readonly Statement[]; readonly value: Expression | undefined };
  readonly place: Place;
}

/** `#define NAME value` */
export interface Constant {
  readonly name: string;
  readonly value: Expression;
  readonly place: Place;
}

/** A macro that calls macros that call macros. */
const deepest = 32;

/**
 * Puts macros and constants in the places where they are used. Variables of a macro are its own: they get names that cannot be written.
 * @throws SyntaxFault
 */
export function expanded(
  script: Script,
  { macros, constants }: { readonly macros: readonly Macro[]; readonly constants: readonly Constant[] },
): Script {
  if (macros.length + constants.length === 0) return script;
  return { ...script, probes: new Expansion(macros, constants).expand(script.probes, 0) };
}

type Call = Extract<Expression, { kind: 'call' }>;
type Name = Extract<Expression, { kind: 'name' }>;

class Expansion {
  readonly #macros: ReadonlyMap<string, readonly Macro[]>;
  readonly #constants: ReadonlyMap<string, Constant>;
  #calls = 0;

  constructor(macros: readonly Macro[], constants: readonly Constant[]) {
    this.#macros = new Map(macros.map(({ name }) => [name, macros.filter((each) => each.name === name)]));
    this.#constants = new Map(constants.map((constant) => [constant.name, constant]));
  }

  expand<Part>(part: Part, depth: number): Part {
    return rewritten(part, (node) => this.#replace(node, depth));
  }

  #replace(node: TreeNode, depth: number): unknown {
    if (node.kind === 'name') {
      const { name, place } = node as Name;
      const constant = this.#constants.get(name);
      const macro = this.#chosen(name, 0);
      // Without parameters it needs no parentheses.
      if (macro !== undefined) return this.#call(macro, { kind: 'call', name, arguments: [], place }, depth);
      if (constant === undefined) return node;
      this.#limit(depth, name, place);
      return { ...(this.expand(constant.value, depth + 1) as object), place };
    }
    if (node.kind === 'expression statement') {
      const { expression } = node as {
        expression: { kind: string; value?: unknown; statements?: unknown; place: Place };
      } & TreeNode;
      // A macro without a value is a block.
      return expression.kind === 'block' ? expression : node;
    }
    if (node.kind !== 'call') return node;
    const { name, arguments: given } = node as Call;
    const macro = this.#chosen(name, given.length);
    if (macro !== undefined) return this.#call(macro, node as Call, depth);
    const other = this.#macros.get(name)?.[0]?.parameters.length;
    return other === undefined ? node : { ...node, macroParameters: other };
  }

  /** Macros of one name differ by how many arguments they take. Undefined: it may be a function of the language. */
  #chosen(name: string, count: number): Macro | undefined {
    return this.#macros.get(name)?.find(({ parameters }) => parameters.length === count);
  }

  #call(macro: Macro, { name, arguments: given, place }: Call, depth: number): unknown {
    this.#limit(depth, name, place);
    const { parameters, body } = macro;
    const suffix = `#${++this.#calls}`;
    const replacements = new Map(
      parameters.map((parameter, index) => [`${parameter.kind} ${parameter.name}`, given[index]!]),
    );
    for (const parameter of parameters) {
      const argument = replacements.get(`${parameter.kind} ${parameter.name}`)!;
      const fits =
        parameter.kind === 'expression' ||
        (argument.kind === parameter.kind && (argument.kind !== 'map' || argument.key === undefined));
      if (!fits)
        throw new SyntaxFault(
          `Argument ${parameter.name} of macro ${name} must be a ${parameter.kind}.`,
          argument.place,
        );
    }
    const inside = rewritten(body, (node) => {
      const named = node as TreeNode & { name?: string };
      if (node.kind === 'variable')
        return replacements.get(`variable ${named.name}`) ?? { ...node, name: `${named.name}${suffix}` };
      if (node.kind === 'map') {
        const map = replacements.get(`map ${named.name}`);
        return map === undefined ? node : { ...node, name: (map as { name: string }).name };
      }
      if (node.kind === 'type') return typeOf(node as TypeName, replacements);
      return node.kind === 'name' ? (replacements.get(`expression ${named.name}`) ?? node) : node;
    });
    const { statements, value } = this.expand(placed(inside, place), depth + 1);
    return value === undefined
      ? { kind: 'block', statements, place }
      : { kind: 'block expression', statements, value, place };
  }

  #limit(depth: number, name: string, place: Place): void {
    if (depth >= deepest) throw new SyntaxFault(`${name} expands to itself, or ${deepest} levels deep.`, place);
  }
}

/** A parameter where a type is expected: `typeof(x)`, which names its type or has one. */
function typeOf(type: TypeName, replacements: ReadonlyMap<string, Expression | TypeName>): TypeName {
  const argument = type.of === undefined ? replacements.get(`expression ${type.name}`) : undefined;
  if (argument === undefined) return type;
  if (argument.kind !== 'type') return { ...type, name: '', of: argument };
  return {
    ...argument,
    pointers: argument.pointers + type.pointers,
    dimensions: [...type.dimensions, ...argument.dimensions],
    place: type.place,
  };
}

/** Faults in what a macro became are shown where it was called. */
function placed<Part>(part: Part, place: Place): Part {
  return rewritten(part, (node) => ({ ...node, place }));
}
