import type { Place } from '../syntax/tree.js';
import type { BpfInstruction } from './bytecode.js';

/** What a wide load or a call refers to, until libbpf knows it. */
export type Reference =
  | { readonly kind: 'map'; readonly name: string }
  | { readonly kind: 'data'; readonly section: string }
  | { readonly kind: 'kernel' | 'kernel call'; readonly name: string }
  | { readonly kind: 'function' | 'call'; readonly name: string };

export interface LoweredFunction {
  readonly instructions: readonly BpfInstruction[];
  /** By place of 8 bytes. */
  readonly references: readonly { readonly at: number; readonly reference: Reference }[];
  /** Where the text of instructions is, by place of 8 bytes, ascending. */
  readonly texts: readonly { readonly at: number; readonly place: Place }[];
  /** What its slots and spilled registers take. */
  readonly stackBytes: number;
}
