import type { Profile, ProfileKind } from '../stacks/profile.js';
import { StackSums } from './stack_sums.js';
import { reasonOf, type WindowFile, WindowFiles } from './window_files.js';
import { fileName } from './window_name.js';

/** Windows are kept as they are for an hour, then merged into windows of five minutes, and removed after a day. */
export const fineMs = 3_600_000;
export const coarseMs = 300_000;
export const keptMs = 86_400_000;

/** Most different stacks in one window. */
export const stacksPerWindow = 2048;

export interface StoreOptions {
  /** The state directory. */
  readonly path: string;
  /** Most bytes of all files together. */
  readonly size: number;
  /** Unix milliseconds. */
  date(): number;
  /** Receives what could not be read or removed. The text is one of a few; the error names the file. */
  onFailure(text: string, error: unknown): void;
}

/** The recorded windows on disk, oldest first. Calls of `add` must not overlap each other. */
export class WindowStore {
  readonly #options: StoreOptions;
  readonly #files: WindowFiles;
  #windows: WindowFile[];
  /** Files that cannot be read. They are kept until their time has come, and not reported again. */
  readonly #damaged = new Set<string>();

  private constructor(options: StoreOptions, files: WindowFiles, windows: WindowFile[]) {
    this.#options = options;
    this.#files = files;
    this.#windows = windows.toSorted(byTime);
  }

  /** Opens the folder, and tidies it up. @throws fault RECORDER_FOLDER */
  static async open(options: StoreOptions): Promise<WindowStore> {
    const { files, windows, foreign } = await WindowFiles.open(options.path);
    for (const name of foreign)
      options.onFailure('The folder of the flight recorder has a file of others', inFile(files.path(name)));
    const store = new WindowStore(options, files, windows);
    await store.#removeMerged();
    await store.#removeOld();
    return store;
  }

  get count(): number {
    return this.#windows.length;
  }

  get bytes(): number {
    return this.#windows.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Writes a window, and makes room for it. @throws Error, such as ENOSPC: the window is not kept then */
  async add(profile: Profile): Promise<void> {
    await this.#write(profile);
    await this.#mergeOld();
    await this.#removeOld();
  }

  /** The windows that overlap [from, to] by at least half of their length, or of its length. Oldest first. */
  within(kind: ProfileKind, from: number, to: number): WindowFile[] {
    return this.#windows.filter((window) => {
      const overlap = Math.min(to, window.to) - Math.max(from, window.from);
      return window.kind === kind && overlap > 0 && 2 * overlap >= Math.min(to - from, window.to - window.from);
    });
  }

  /** Undefined if it cannot be read. */
  async read(window: WindowFile): Promise<Profile | undefined> {
    const name = fileName(window);
    if (this.#damaged.has(name)) return undefined;
    try {
      return await this.#files.read(window);
    } catch (error) {
      // It may have been merged or removed meanwhile.
      if (this.#windows.includes(window)) {
        this.#damaged.add(name);
        this.#options.onFailure(
          'A window of the flight recorder cannot be read: it is left out',
          inFile(this.#files.path(name), error),
        );
      }
      return undefined;
    }
  }

  async #write(profile: Profile): Promise<void> {
    const written = await this.#files.write(profile);
    this.#damaged.delete(fileName(written));
    this.#windows = [...this.#windows.filter((window) => fileName(window) !== fileName(written)), written].sort(byTime);
  }

  async #mergeOld(): Promise<void> {
    for (const group of this.#groups()) {
      const merged = await this.#merge(group);
      if (merged === undefined) continue;
      await this.#write(merged);
      const name = fileName(merged);
      for (const window of group) if (fileName(window) !== name) await this.#remove(window);
    }
  }

  /** Windows of the same kind and five minutes that are older than an hour, if there are several. */
  #groups(): WindowFile[][] {
    const end = this.#options.date() - fineMs;
    const groups = new Map<string, WindowFile[]>();
    for (const window of this.#windows) {
      const slot = Math.floor(window.from / coarseMs);
      if ((slot + 1) * coarseMs > end || this.#damaged.has(fileName(window))) continue;
      const key = `${window.kind} ${slot}`;
      groups.set(key, [...(groups.get(key) ?? []), window]);
    }
    return [...groups.values()].filter(({ length }) => length > 1);
  }

  async #merge(group: readonly WindowFile[]): Promise<Profile | undefined> {
    const sums = new StackSums();
    const profiles: Profile[] = [];
    for (const window of group) {
      const profile = await this.read(window);
      if (profile === undefined) continue;
      await sums.add(profile.stacks);
      profiles.push({ ...profile, stacks: [] });
    }
    if (profiles.length < 2) return undefined;
    const from = Math.min(...profiles.map((one) => one.from));
    const to = Math.max(...profiles.map((one) => one.to));
    const covered = profiles.reduce((sum, one) => sum + one.to - one.from - one.missingMs, 0);
    return {
      kind: profiles[0]!.kind,
      from,
      to,
      periodNs: profiles[0]!.periodNs,
      stacks: sums.largest(stacksPerWindow),
      lost: profiles.reduce((sum, { lost }) => sum + lost, 0),
      missingMs: Math.max(0, to - from - covered),
    };
  }

  /** Of windows that were merged before a crash, and not removed. */
  async #removeMerged(): Promise<void> {
    for (const group of this.#groups()) {
      const whole = group.find((one) => group.every(({ from, to }) => one.from <= from && to <= one.to));
      if (whole === undefined) continue;
      for (const window of group) if (window !== whole) await this.#remove(window);
    }
  }

  /** Also those from the future: the clock was wrong when they were written. */
  async #removeOld(): Promise<void> {
    const now = this.#options.date();
    const kept = (window: WindowFile) => Math.abs(now - window.to) <= keptMs;
    for (const window of this.#windows.filter((window) => !kept(window))) await this.#remove(window);
    let { bytes } = this;
    for (const window of [...this.#windows]) {
      if (bytes <= this.#options.size) return;
      bytes -= window.bytes;
      await this.#remove(window);
    }
  }

  async #remove(window: WindowFile): Promise<void> {
    try {
      await this.#files.remove(window);
      this.#damaged.delete(fileName(window));
      this.#windows = this.#windows.filter((one) => one !== window);
    } catch (error) {
      this.#options.onFailure(
        'A window of the flight recorder cannot be removed',
        inFile(this.#files.path(fileName(window)), error),
      );
    }
  }
}

function inFile(path: string, cause?: unknown): Error {
  return new Error(cause === undefined ? path : `${path}: ${reasonOf(cause)}`, { cause });
}

function byTime(a: WindowFile, b: WindowFile): number {
  return a.to - b.to;
}
