import { fault } from '../errors/fault.js';
import { type BpfObject, isNativeError } from './addon.js';
import type { AttachedProgram } from './attachment.js';
import { BackgroundIterator } from './background_iterator.js';
import type { IteratorRequest } from './load_request.js';
import { isIterator } from './program_section.js';

/** One run of an iterator, and its CPU time. */
export interface IteratorRun {
  readonly program: string;
  readonly nanoseconds: number;
}

/** The attached iterators of one object, in the order of their runs. Valid until the object is closed. */
export class Iterators {
  readonly #object: BpfObject;
  readonly #programs: readonly AttachedProgram[];
  readonly #requests: readonly IteratorRequest[];
  readonly #background: readonly BackgroundIterator[];
  readonly #names: string[];

  /**
   * @param attached programs of the object; other programs than iterators are ignored
   * @param requests give the order and the maps to clear. Iterators without a request run last. Those in the background start now
   * @param now milliseconds, never going back
   */
  constructor(
    object: BpfObject,
    attached: readonly AttachedProgram[],
    requests: readonly IteratorRequest[],
    now = () => performance.now(),
  ) {
    const order = requests.map(({ program }) => program);
    const place = ({ name }: AttachedProgram) => (order.includes(name) ? order.indexOf(name) : order.length);
    this.#object = object;
    this.#requests = requests;
    const iterators = attached.filter(({ section }) => isIterator(section)).sort((a, b) => place(a) - place(b));
    this.#names = iterators.map(({ name }) => name);
    const isBackground = ({ name }: AttachedProgram) =>
      requests.some(({ program, background }) => program === name && background);
    this.#programs = iterators.filter((program) => !isBackground(program));
    this.#background = iterators.filter(isBackground).map((program) => new BackgroundIterator(() => run(program), now));
  }

  names(): string[] {
    return this.#names;
  }

  /**
   * Runs the iterators one after the other, off the main thread. Each map in their `fills` is cleared once, before the first
   * iterator that fills it. The maps must not be read meanwhile, and calls must not overlap. Iterators in the background are started if
   * they are due.
   * @returns also the runs in the background that ended since the last call
   * @throws fault ITERATOR_FAILED or MAP_NOT_CLEARED at the first failure; later iterators do not run, and maps may be half filled
   */
  async run(): Promise<IteratorRun[]> {
    const cleared = new Set<string>();
    const runs: IteratorRun[] = [];
    for (const iterator of this.#background) runs.push(...(await iterator.refresh()));
    for (const program of this.#programs) {
      const fills = this.#requests.find((request) => request.program === program.name)?.fills ?? [];
      for (const map of fills) {
        if (cleared.has(map)) continue;
        await this.#clear(map, program);
        cleared.add(map);
      }
      runs.push(await run(program));
    }
    return runs;
  }

  async #clear(map: string, { name, section }: AttachedProgram): Promise<void> {
    try {
      await this.#object.map(map).empty();
    } catch (error) {
      if (!isNativeError(error)) throw error;
      throw fault('MAP_NOT_CLEARED', { map, program: name, section, errno: error.code }, { cause: error });
    }
  }
}

async function run({ name, section, link }: AttachedProgram): Promise<IteratorRun> {
  try {
    return { program: name, nanoseconds: await link.iterate() };
  } catch (error) {
    if (!isNativeError(error)) throw error;
    throw fault('ITERATOR_FAILED', { program: name, section, errno: error.code }, { cause: error });
  }
}
