import type { Frame } from '../stacks/profile.js';
import { frameName, OTHER } from './frame_name.js';
import type { MergedStack, StackSet } from './stack_set.js';
import { pause, type Work } from './work.js';

/** What a node is: the root, a label value, code of a process, of the kernel, JIT-compiled code, or the sum of small nodes. */
export type NodeKind = 'root' | 'label' | 'user' | 'kernel' | 'jit' | 'other';

/** A node of a flame graph. Its numbers include those of its children, which are in descending order. */
export interface FlameNode {
  readonly name: string;
  /** The module of a function; the label of a label value. */
  readonly origin: string;
  readonly kind: NodeKind;
  value: number;
  before: number;
  readonly children: FlameNode[];
}

/** Nodes below this share of the whole are added up. */
const LEAST_SHARE = 0.001;
/** Nodes of a tree. Above this the least share rises. */
const MOST_NODES = 5000;

/**
 * The tree of a flame graph: first a level for each label, then the frames. A node is shown if either of its two numbers is large
 * enough: a comparison shows what has gone too. Rejects with the reason of the signal.
 * @param mostNodes without those of kind `other`
 */
export async function flameTree(set: StackSet, work: Work, mostNodes = MOST_NODES): Promise<FlameNode> {
  for (let share = LEAST_SHARE; ; share *= 2) {
    const tree = await buildTree(set, work, share, mostNodes);
    if (tree !== undefined) return tree;
  }
}

/** Code of the kernel, JIT-compiled code, code of a process, or what stands for many frames. */
export function kindOf({ function: name, isKernel, module }: Frame): 'kernel' | 'jit' | 'user' | 'other' {
  if (isKernel) return 'kernel';
  if (module === '') return name === OTHER ? 'other' : 'user';
  return module === '[jit]' ? 'jit' : 'user';
}

interface Unfinished {
  readonly node: FlameNode;
  readonly stacks: readonly MergedStack[];
  readonly depth: number;
}

/** Undefined if it has too many nodes. No stack is copied: only groups that are shown are split further. */
async function buildTree(set: StackSet, work: Work, share: number, mostNodes: number): Promise<FlameNode | undefined> {
  const root: FlameNode = { name: 'all', origin: '', kind: 'root', ...set.totals, children: [] };
  const least = { value: set.totals.value * share, before: set.totals.before * share };
  const open: Unfinished[] = [{ node: root, stacks: set.stacks, depth: 0 }];
  let nodes = 1;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const rest: FlameNode = { name: OTHER, origin: '', kind: 'other', value: 0, before: 0, children: [] };
    for (const group of await grouped(set, next, work)) {
      const { value, before } = group.node;
      const isSmall = (value < least.value || value === 0) && (before < least.before || before === 0);
      if (isSmall) {
        rest.value += value;
        rest.before += before;
        continue;
      }
      if (++nodes > mostNodes) return undefined;
      next.node.children.push(group.node);
      open.push(group);
    }
    if (rest.value > 0 || rest.before > 0) next.node.children.push(rest);
    next.node.children.sort((one, other) => other.value - one.value);
  }
  return root;
}

/** The stacks of a node by their next label value or frame. */
async function grouped(set: StackSet, { stacks, depth }: Unfinished, work: Work): Promise<Iterable<Group>> {
  const groups = new Map<string | number, Group>();
  let count = 0;
  for (const stack of stacks) {
    if (count++ % 64 === 0 && work.pacer.isDue) await pause(work);
    const labels = Object.entries(stack.labels);
    const frame = stack.frames[depth - labels.length];
    const label = labels[depth];
    if (label === undefined && frame === undefined) continue;
    const key = label === undefined ? frame! : label.join('\0');
    let group = groups.get(key);
    if (group === undefined) {
      const node = label === undefined ? frameNode(set.table.frames[frame!]!) : labelNode(...label);
      group = { node, stacks: [], depth: depth + 1 };
      groups.set(key, group);
    }
    group.stacks.push(stack);
    group.node.value += stack.value;
    group.node.before += stack.before;
  }
  return groups.values();
}

interface Group extends Unfinished {
  readonly stacks: MergedStack[];
}

function labelNode(origin: string, name: string): FlameNode {
  return { name, origin, kind: 'label', value: 0, before: 0, children: [] };
}

function frameNode(frame: Frame): FlameNode {
  return { name: frameName(frame), origin: frame.module, kind: kindOf(frame), value: 0, before: 0, children: [] };
}
