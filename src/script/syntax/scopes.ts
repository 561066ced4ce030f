/** Blocks: a variable belongs to the innermost block that assigns it first, as in bpftrace. */
import { rewritten, type TreeNode } from './rewriting.js';
import type { Script } from './tree.js';

/**
 * Gives variables of different blocks names of their own where two blocks use one name. Names that are read where no block has them belong to
 * the whole probe.
 */
export function withScopes(script: Script): Script {
  return { ...script, probes: script.probes.map((probe) => new Scopes().probe(probe)) };
}

/** What stands after it in a variable's name cannot be written in a script. */
const mark = "'";

/** The name as the script has it, without what macros and blocks append. */
export const writtenName = (name: string) => name.replace(/['#].*$/, '');

class Scopes {
  /** The unique names that are visible, by the written ones; the innermost block is the last. */
  readonly #open: Map<string, string>[] = [];
  readonly #uses = new Map<string, number>();
  readonly #wide = new Set<string>();

  probe<Part extends { readonly predicate: unknown; readonly body: unknown }>(probe: Part): Part {
    const body = this.#visit(probe.body);
    if (![...this.#uses.values()].some((uses) => uses > 1)) return probe;
    const wide = this.#wide;
    // A name that is read without a block around it has one variable.
    const merged = rewritten(body, (node) => {
      const named = node as TreeNode & { readonly name: string };
      if (node.kind !== 'variable' || !named.name.includes(mark)) return node;
      const [first = ''] = named.name.split(mark);
      return wide.has(first) ? { ...named, name: first } : node;
    });
    return { ...probe, body: merged };
  }

  #visit(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((each) => this.#visit(each));
    if (typeof node !== 'object' || node === null) return node;
    const { kind } = node as TreeNode;
    switch (kind) {
      case 'block':
      case 'block expression':
        return this.#inside(() => this.#parts(node, ['statements', 'value']));
      case 'let':
      case 'assignment':
        return this.#assignment(node as TreeNode);
      case 'increment':
        return this.#increment(node as TreeNode);
      case 'for range':
      case 'for entries':
        return this.#loop(node as TreeNode);
      case 'variable':
        return this.#read(node as TreeNode & { readonly name: string });
      default:
        return this.#parts(node, Object.keys(node));
    }
  }

  #parts(node: object, names: readonly string[]): Record<string, unknown> {
    const all = { ...node } as Record<string, unknown>;
    for (const name of names) if (name in all && name !== 'place') all[name] = this.#visit(all[name]);
    return all;
  }

  #inside<Result>(run: () => Result): Result {
    this.#open.push(new Map());
    try {
      return run();
    } finally {
      this.#open.pop();
    }
  }

  /** The value is computed before the variable exists. */
  #assignment(node: TreeNode): unknown {
    const { kind } = node;
    const field = kind === 'let' ? 'variable' : 'target';
    const changed = this.#parts(node, ['type', 'value']);
    const target = changed[field] as TreeNode & { readonly name: string };
    if (target.kind !== 'variable') return this.#parts(changed, [field]);
    const known = kind === 'let' ? undefined : this.#visible(target.name);
    return { ...changed, [field]: { ...target, name: known ?? this.#declare(target.name) } };
  }

  #increment(node: TreeNode): unknown {
    const { target } = node as TreeNode & { readonly target: TreeNode & { readonly name: string } };
    if (target.kind !== 'variable') return this.#parts(node, ['target']);
    return { ...node, target: { ...target, name: this.#visible(target.name) ?? this.#declare(target.name) } };
  }

  #loop(node: TreeNode): unknown {
    const outside = this.#parts(node, ['from', 'to', 'map']);
    return this.#inside(() => {
      const variable = outside.variable as TreeNode & { readonly name: string };
      const name = this.#declare(variable.name);
      return { ...this.#parts(outside, ['body']), variable: { ...variable, name } };
    });
  }

  #read(node: TreeNode & { readonly name: string }): unknown {
    const name = this.#visible(node.name);
    if (name === undefined) this.#wide.add(node.name);
    return name === undefined ? node : { ...node, name };
  }

  #visible(name: string): string | undefined {
    for (let depth = this.#open.length - 1; depth >= 0; depth--) {
      const found = this.#open[depth]!.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #declare(name: string): string {
    const uses = (this.#uses.get(name) ?? 0) + 1;
    this.#uses.set(name, uses);
    const unique = uses === 1 ? name : `${name}${mark}${uses}`;
    this.#open.at(-1)?.set(name, unique);
    return unique;
  }
}
