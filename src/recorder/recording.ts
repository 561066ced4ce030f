import { MergedStacks } from '../stacks/merged_stacks.js';
import type { Profile, ProfileKind, Symbolizer } from '../stacks/profile.js';
import type { Batch, End, StackCollector } from '../stacks/stack_collector.js';
import { StackSums } from './stack_sums.js';
import { stacksPerWindow } from './window_store.js';

/** Length of a window: three collections. */
export const windowMs = 15_000;
/** Collections come a little early or late. */
const toleranceMs = 2500;
/** Two batches that are further apart are not in one window: the clock was set, or collections failed. */
const gapMs = 1000;
/** Most different stacks of a window before they have names. */
const stacksInMemory = 20_000;

export interface RecordingOptions {
  readonly collector: Pick<StackCollector, 'listen' | 'flush'>;
  readonly symbolizer: Pick<Symbolizer, 'symbolize'>;
  /** Nanoseconds per unit of value. */
  readonly periodNs: number;
  /** Receives a complete window. Never rejects. */
  keep(profile: Profile): Promise<void>;
  /** Receives how many samples were recorded without their user part. */
  onIncomplete(stacks: number): void;
}

interface Window {
  readonly from: number;
  to: number;
  readonly stacks: MergedStacks;
  lost: number;
}

/** Cuts what is collected of one kind into windows. */
export class Recording {
  readonly #kind: ProfileKind;
  readonly #options: RecordingOptions;
  #window: Window | undefined;
  #end: End | undefined;
  /** The windows that are being kept. */
  #kept: Promise<void> = Promise.resolve();
  #isKeeping = false;

  constructor(kind: ProfileKind, options: RecordingOptions) {
    this.#kind = kind;
    this.#options = options;
  }

  /** @throws SantaError if the program of this kind cannot be loaded */
  async start(): Promise<void> {
    this.#end = await this.#options.collector.listen(this.#kind, (batch) => this.#add(batch));
  }

  /** Collects up to now. Resolves once complete windows were kept. */
  async flush(): Promise<void> {
    await this.#options.collector.flush(this.#kind);
    await this.#kept;
  }

  /** What is in no complete window at the moment of the call; undefined if nothing. */
  async current(): Promise<Profile | undefined> {
    return this.#window && (await this.#profileOf(this.#window));
  }

  /** Ends the recording, and keeps the last window. */
  async stop(): Promise<void> {
    await this.#end?.();
    await this.#kept;
    this.#complete();
    await this.#kept;
  }

  #add({ from, to, stacks, lost, incomplete }: Batch): void {
    if (this.#window && Math.abs(from - this.#window.to) > gapMs) this.#complete();
    this.#window ??= { from, to, stacks: new MergedStacks(stacksInMemory), lost: 0 };
    this.#window.to = to;
    this.#window.stacks.add(stacks);
    this.#window.lost += lost;
    this.#options.onIncomplete(incomplete);
    if (to - this.#window.from >= windowMs - toleranceMs) this.#complete();
  }

  /** While a window is being kept, the next one grows: slow symbols or a slow disk make long windows, and no queue. */
  #complete(): void {
    const window = this.#window;
    if (window === undefined || this.#isKeeping) return;
    this.#window = undefined;
    this.#isKeeping = true;
    this.#kept = this.#profileOf(window)
      .then((profile) => this.#options.keep(profile))
      .finally(() => {
        this.#isKeeping = false;
      });
  }

  async #profileOf({ from, to, stacks, lost }: Window): Promise<Profile> {
    const sums = new StackSums();
    await sums.add(await this.#options.symbolizer.symbolize(stacks.samples()));
    return {
      kind: this.#kind,
      from: Math.round(from),
      to: Math.round(to),
      periodNs: this.#options.periodNs,
      stacks: sums.largest(stacksPerWindow),
      lost: lost + stacks.lost,
      missingMs: 0,
    };
  }
}
