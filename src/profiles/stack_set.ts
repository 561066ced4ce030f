import type { Profile, ProfileStack } from '../stacks/profile.js';
import { FrameTable } from './frame_table.js';
import { type LabelFilter, matches } from './label_filter.js';
import { forEachPaced, type Work } from './work.js';

/** Different stacks that are told apart. Samples of further ones count as `(other)` of their labels. */
const MOST_STACKS = 100_000;

/** A stack with everything that was counted for it. */
export interface MergedStack {
  readonly labels: Readonly<Record<string, string>>;
  /** Numbers of its frames in the table of the set, outermost first. */
  readonly frames: Uint32Array;
  /** In the unit of the profile. */
  value: number;
  /** In the profile to compare with. */
  before: number;
  /** The next stack with the same hash. */
  readonly next: MergedStack | undefined;
}

/** Which of the two numbers of a stack a profile counts for. */
export type Column = 'value' | 'before';

/** The stacks of one or more profiles. Those with equal labels and functions are one. */
export class StackSet {
  readonly table = new FrameTable();
  readonly #byHash = new Map<number, MergedStack>();
  readonly #labelSets = new Map<string, { readonly hash: number; readonly labels: MergedStack['labels'] }>();
  readonly #mostStacks: number;
  readonly stacks: MergedStack[] = [];
  /** Sums over all stacks. */
  readonly totals: Record<Column, number> = { value: 0, before: 0 };

  constructor(mostStacks = MOST_STACKS) {
    this.#mostStacks = mostStacks;
  }

  /** Adds the stacks of a profile that match. Rejects with the reason of the signal. */
  async add(profile: Pick<Profile, 'stacks'>, filter: LabelFilter, work: Work): Promise<void> {
    await forEachPaced(profile.stacks, work, (stack) => {
      if (stack.value > 0 && matches(stack, filter)) this.#add(stack, 'value', stack.value);
    });
  }

  /**
   * Adds the stacks of a profile to compare with.
   * @param scale of its numbers: its record may be shorter
   */
  async addBefore(profile: Pick<Profile, 'stacks'>, filter: LabelFilter, work: Work, scale: number): Promise<void> {
    await forEachPaced(profile.stacks, work, (stack) => {
      if (stack.value > 0 && matches(stack, filter)) this.#add(stack, 'before', stack.value * scale);
    });
  }

  #add(stack: ProfileStack, column: Column, value: number): void {
    const { length } = stack.frames;
    let frames = new Uint32Array(length);
    for (let index = 0; index < length; index++) frames[index] = this.table.numberOf(stack.frames[length - 1 - index]!);
    const labelSet = this.#labelSet(stack.labels);
    let found = this.#find(labelSet, frames);
    if (found.stack === undefined && this.stacks.length >= this.#mostStacks) {
      frames = Uint32Array.of(this.table.other);
      found = this.#find(labelSet, frames);
    }
    let merged = found.stack;
    if (merged === undefined) {
      const { labels } = labelSet;
      merged = { labels, frames, value: 0, before: 0, next: this.#byHash.get(found.hash) };
      this.#byHash.set(found.hash, merged);
      this.stacks.push(merged);
    }
    merged[column] += value;
    this.totals[column] += value;
  }

  #labelSet(labels: MergedStack['labels']) {
    const content = JSON.stringify(labels);
    let known = this.#labelSets.get(content);
    if (known === undefined) {
      known = { hash: this.#labelSets.size, labels };
      this.#labelSets.set(content, known);
    }
    return known;
  }

  #find({ hash: first, labels }: { hash: number; labels: MergedStack['labels'] }, frames: Uint32Array) {
    let hash = first;
    for (const frame of frames) hash = (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + frame) | 0;
    let stack = this.#byHash.get(hash);
    while (stack !== undefined && !(stack.labels === labels && equal(stack.frames, frames))) stack = stack.next;
    return { hash, stack };
  }
}

function equal(one: Uint32Array, other: Uint32Array): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}
