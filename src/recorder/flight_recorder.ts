import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { fault } from '../errors/fault.js';
import { MergedStacks } from '../stacks/merged_stacks.js';
import type { Profile, ProfileKind, ProfileSource, Symbolizer } from '../stacks/profile.js';
import type { StackCollector } from '../stacks/stack_collector.js';
import { samplesPerSecond } from '../stacks/stack_program.js';
import { type FunctionShare, HottestFunctions } from './hottest_functions.js';
import { Recording } from './recording.js';
import { StackSums } from './stack_sums.js';
import { missingIn } from './time_spans.js';
import { stacksPerWindow, WindowStore } from './window_store.js';

export const recordableKinds: readonly ProfileKind[] = ['cpu', 'offcpu'];

const probes: Readonly<Record<ProfileKind, string>> = { cpu: 'profile', offcpu: 'off_cpu' };

/** The probe whose presence in the configuration allows stacks of a kind. */
export function probeOfKind(kind: ProfileKind): string {
  return probes[kind];
}

const periodNs: Readonly<Record<ProfileKind, number>> = { cpu: 1e9 / samplesPerSecond, offcpu: 1 };
/** More than a symbolizer waits for names. */
const longestCloseMs = 60_000;
/** Most different stacks of a request. */
const stacksPerRequest = 100_000;

export interface RecorderSettings {
  /** The state directory. */
  readonly path: string;
  /** Most bytes on disk. */
  readonly size: number;
  /** Labels of the stacks. */
  readonly identity?: readonly string[];
}

/** What the recorder shows of itself. Counts since the start of the process. */
export interface RecorderStatus {
  readonly windows: number;
  readonly bytes: number;
  /** Samples (cpu) and nanoseconds (offcpu) that are in no window. */
  readonly lost: Readonly<Partial<Record<ProfileKind, number>>>;
  /** Stacks of processes without their user part. */
  readonly incomplete: number;
  readonly errors: number;
  /** Unix milliseconds; undefined before the first window. */
  readonly lastWrite: number | undefined;
  readonly functions: readonly FunctionShare[];
}

export interface RecorderOptions {
  readonly collector: StackCollector;
  readonly symbolizer: Symbolizer;
  /** Unix milliseconds. */
  date(): number;
  /** Receives what went wrong; the recorder goes on. */
  onFailure(text: string, error: unknown): void;
}

/** Records stacks on disk while it has settings, and collects them on request. Calls of `change` and `close` must not overlap. */
export class FlightRecorder implements ProfileSource {
  readonly #options: RecorderOptions;
  readonly #recordings = new Map<ProfileKind, Recording>();
  readonly #lost = new Map(recordableKinds.map((kind) => [kind, 0]));
  #settings: RecorderSettings | undefined;
  #kinds: ReadonlySet<ProfileKind> = new Set();
  #store: WindowStore | undefined;
  #hottest = new HottestFunctions();
  #incomplete = 0;
  #errors = 0;
  #lastWrite: number | undefined;
  /** Windows are written one after the other. */
  #writes: Promise<void> = Promise.resolve();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /**
   * Takes over settings. What was recorded stays on disk. Never rejects: `onFailure` says what cannot be recorded.
   * @param settings undefined: off
   * @param kinds of stacks that the configuration allows
   */
  async change(settings: RecorderSettings | undefined, kinds: ReadonlySet<ProfileKind>): Promise<void> {
    const isSame = isDeepStrictEqual(settings, this.#settings);
    if (!isSame) await this.#stop();
    this.#settings = settings;
    this.#kinds = kinds;
    if (settings === undefined) return;
    try {
      this.#store ??= await WindowStore.open({
        ...settings,
        date: () => this.#options.date(),
        onFailure: (text, error) => this.#fail(text, error),
      });
    } catch (error) {
      this.#fail('The flight recorder does not record', error);
      return;
    }
    for (const [kind, recording] of this.#recordings) {
      if (kinds.has(kind)) continue;
      this.#recordings.delete(kind);
      await recording.stop();
    }
    for (const kind of kinds) if (!this.#recordings.has(kind)) await this.#record(kind);
  }

  /** Undefined while it is off. */
  status(): RecorderStatus | undefined {
    if (this.#settings === undefined) return undefined;
    return {
      windows: this.#store?.count ?? 0,
      bytes: this.#store?.bytes ?? 0,
      lost: Object.fromEntries(this.#lost),
      incomplete: this.#incomplete,
      errors: this.#errors,
      lastWrite: this.#lastWrite,
      functions: this.#hottest.shares(this.#options.date()),
    };
  }

  async recorded(kind: ProfileKind, from: number, to: number): Promise<Profile> {
    if (this.#store === undefined) throw fault('PROFILES_OFF', {});
    const store = this.#store;
    const profiles: Omit<Profile, 'stacks'>[] = [];
    const sums = new StackSums();
    const add = async ({ stacks, ...profile }: Profile) => {
      profiles.push(profile);
      await sums.add(stacks);
    };
    const recording = to >= this.#options.date() - 60_000 ? this.#recordings.get(kind) : undefined;
    await recording?.flush();
    // In the same turn: what is not in a complete window now may be in one soon.
    const windows = store.within(kind, from, to);
    const current = await recording?.current();
    for (const window of windows) {
      const profile = await store.read(window);
      if (profile) await add(profile);
    }
    if (current && current.from < to && current.to > from) await add(current);
    return {
      kind,
      from: Math.min(from, ...profiles.map((one) => one.from)),
      to: Math.max(to, ...profiles.map((one) => one.to)),
      periodNs: profiles[0]?.periodNs ?? periodNs[kind],
      stacks: sums.largest(4 * stacksPerWindow),
      lost: profiles.reduce((sum, { lost }) => sum + lost, 0),
      missingMs: missingIn(from, to, profiles) + profiles.reduce((sum, { missingMs }) => sum + missingMs, 0),
    };
  }

  async collect(kind: ProfileKind, seconds: number, signal: AbortSignal): Promise<Profile> {
    if (!this.#kinds.has(kind)) throw fault('PROFILE_PROBE_OFF', { kind, probe: probeOfKind(kind) });
    const { collector, symbolizer, date } = this.#options;
    const merged = new MergedStacks(stacksPerRequest);
    let lost = 0;
    const end = await collector.listen(kind, (batch) => {
      merged.add(batch.stacks);
      lost += batch.lost;
    });
    const from = date();
    try {
      await delay(1000 * seconds, undefined, { signal });
    } finally {
      await end();
    }
    const stacks = await symbolizer.symbolize(merged.samples());
    const to = from + 1000 * seconds;
    return { kind, from, to, periodNs: periodNs[kind], stacks, lost: lost + merged.lost, missingMs: 0 };
  }

  /** Ends the recording, writes the last windows, and closes the symbolizer. Never rejects. */
  async close(): Promise<void> {
    // The symbolizer keeps no process alive while it waits, and the last windows need their names.
    const alive = setTimeout(() => {}, longestCloseMs);
    await this.#stop();
    clearTimeout(alive);
    this.#settings = undefined;
    this.#options.symbolizer.close();
  }

  async #record(kind: ProfileKind): Promise<void> {
    const recording = new Recording(kind, {
      ...this.#options,
      periodNs: periodNs[kind],
      keep: (profile) => this.#keep(profile),
      onIncomplete: (stacks) => {
        this.#incomplete += stacks;
      },
    });
    try {
      await recording.start();
      this.#recordings.set(kind, recording);
    } catch (error) {
      this.#fail(`The flight recorder does not record stacks of kind ${kind}`, error);
    }
  }

  #lose(kind: ProfileKind, value: number): void {
    this.#lost.set(kind, (this.#lost.get(kind) ?? 0) + value);
  }

  #keep(profile: Profile): Promise<void> {
    const store = this.#store!;
    this.#lose(profile.kind, profile.lost);
    if (profile.kind === 'cpu') this.#hottest.add(profile);
    this.#writes = this.#writes.then(async () => {
      try {
        await store.add(profile);
        this.#lastWrite = this.#options.date();
      } catch (error) {
        this.#lose(
          profile.kind,
          profile.stacks.reduce((sum, { value }) => sum + value, 0),
        );
        this.#fail('A window of the flight recorder could not be written', error);
      }
    });
    return this.#writes;
  }

  async #stop(): Promise<void> {
    await Promise.all([...this.#recordings.values()].map((recording) => recording.stop()));
    this.#recordings.clear();
    await this.#writes;
    this.#store = undefined;
    this.#hottest = new HottestFunctions();
  }

  #fail(text: string, error: unknown): void {
    this.#errors++;
    this.#options.onFailure(text, error);
  }
}
