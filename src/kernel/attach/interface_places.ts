import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SantaError } from '../../errors/fault.js';
import type { BpfObject } from '../addon.js';
import type { Hook } from './kinds.js';
import { isPattern, matchesPattern } from './name_pattern.js';
import { attachToInterface } from './network.js';
import { type MovingHook, Places } from './places.js';

/** A program for the network interfaces that match patterns, also for those that appear later. */
export class InterfacePlaces implements MovingHook {
  readonly #object: BpfObject;
  readonly #hook: Hook;
  readonly #patterns: readonly string[];
  readonly #proc: string;
  readonly #places: Places;

  private constructor(object: BpfObject, hook: Hook, patterns: readonly string[], proc: string) {
    this.#object = object;
    this.#hook = hook;
    this.#patterns = patterns;
    this.#proc = proc;
    this.#places = new Places(hook, `an interface ${patterns.map((pattern) => `"${pattern}"`).join(' or ')}`);
  }

  /** Undefined if the settings have no patterns. */
  static of(object: BpfObject, hook: Hook, proc: string): InterfacePlaces | undefined {
    const patterns = hook.settings.interfaces?.filter(isPattern) ?? [];
    return patterns.length === 0 ? undefined : new InterfacePlaces(object, hook, patterns, proc);
  }

  follow(): SantaError | undefined {
    const named = new Set(this.#hook.settings.interfaces);
    const names = interfaceNames(this.#proc).filter(
      (name) => !named.has(name) && this.#patterns.some((pattern) => matchesPattern(pattern, name)),
    );
    this.#places.follow(new Set(names), (name) => [attachToInterface(this.#object, this.#hook, name)]);
    return this.#places.problem;
  }
}

/** The interfaces in the network namespace of this process. */
function interfaceNames(proc: string): string[] {
  try {
    const text = readFileSync(join(proc, 'self/net/dev'), 'utf8');
    return [...text.matchAll(/^\s*(\S+):/gm)].map(([, name = '']) => name);
  } catch {
    return [];
  }
}
