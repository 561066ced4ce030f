import type { BpfObject } from './addon.js';
import type { RunCounts } from './run_cost.js';

/** What a program counted itself; see bpf/include/run_counter.h. */
export interface OwnCount {
  readonly runs: number;
  /** Of these, the runs in which it counted an event that its first program missed. */
  readonly takenOver: number;
  /** Of a handler of system calls: what was measured so far. The kernel does not measure it. */
  readonly measured: RunCounts;
}

const prefix = 'runs_of_';
/** Maps that belong to one program: what follows the prefix is its name. */
const ofOneProgram = /^(?:runs_of|counted_by)_(.+)$/;
/** Size of `struct run_counter`. */
const counterBytes = 32;
const only = new Uint8Array(4);

/** Leaves out the maps of bpf/include that belong to programs which are not loaded. Call it when all programs are selected. */
export function leaveOutCounters(object: BpfObject): void {
  const unused = new Set(
    object
      .programs()
      .filter(({ autoload }) => !autoload)
      .map(({ name }) => name),
  );
  for (const { name } of object.maps()) {
    if (unused.has(ofOneProgram.exec(name)?.[1] ?? '')) object.setAutocreate(name, false);
  }
}

/** The run counters of a loaded object. */
export class RunCounters {
  readonly #object: BpfObject;
  readonly #counters: ReadonlySet<string>;

  constructor(object: BpfObject) {
    this.#object = object;
    this.#counters = new Set(
      object
        .maps()
        .filter(({ name, typeName, valueSize }) => {
          return name.startsWith(prefix) && typeName === 'percpu_array' && valueSize === counterBytes;
        })
        .map(({ name }) => name),
    );
  }

  /** Undefined if the program does not count its runs. */
  read(program: string): OwnCount | undefined {
    const name = prefix + program;
    if (!this.#counters.has(name)) return undefined;
    const bytes = this.#object.map(name).lookup(only)!;
    const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    const sums = [0, 0, 0, 0];
    for (const [index, word] of words.entries()) sums[index % 4]! += Number(word);
    const [runs = 0, takenOver = 0, measuredRuns = 0, nanoseconds = 0] = sums;
    return { runs, takenOver, measured: { runs: measuredRuns, nanoseconds } };
  }
}
