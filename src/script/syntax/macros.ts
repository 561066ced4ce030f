import { rewritten, type TreeNode } from './rewriting.js';
import { SyntaxFault } from './syntax_fault.js';
import type { Expression, Place, Script, Statement } from './tree.js';

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
  readonly #macros: ReadonlyMap<string, Macro>;
  readonly #constants: ReadonlyMap<string, Constant>;
  #calls = 0;

  constructor(macros: readonly Macro[], constants: readonly Constant[]) {
    this.#macros = new Map(macros.map((macro) => [macro.name, macro]));
    this.#constants = new Map(constants.map((constant) => [constant.name, constant]));
  }

  expand<Part>(part: Part, depth: number): Part {
    return rewritten(part, (node) => this.#replace(node, depth));
  }

  #replace(node: TreeNode, depth: number): unknown {
    if (node.kind === 'name') {
      const { name, place } = node as Name;
      const constant = this.#constants.get(name);
      const macro = this.#macros.get(name);
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
    const macro = node.kind === 'call' ? this.#macros.get((node as Call).name) : undefined;
    return macro === undefined ? node : this.#call(macro, node as Call, depth);
  }

  #call(macro: Macro, { name, arguments: given, place }: Call, depth: number): unknown {
    this.#limit(depth, name, place);
    const { parameters, body } = macro;
    if (given.length !== parameters.length) {
      const count = `${parameters.length} ${parameters.length === 1 ? 'argument' : 'arguments'}`;
      throw new SyntaxFault(`Macro ${name} takes ${count}, not ${given.length}.`, place);
    }
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

/** Faults in what a macro became are shown where it was called. */
function placed<Part>(part: Part, place: Place): Part {
  return rewritten(part, (node) => ({ ...node, place }));
}
