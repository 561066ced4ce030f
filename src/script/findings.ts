/** What a compiler has to say about a script, at its places: faults, and remarks that do not stop it. */
import type { ScriptNotice } from '../config/compiled_script.js';
import { SourceMap } from '../config/source_map.js';
import { Faults, fault, type SantaError } from '../errors/fault.js';
import { ScriptProblem } from './resolve/problem.js';
import type { Place } from './syntax/tree.js';

export class Problems {
  readonly locator: SourceMap;
  private readonly faults: SantaError[] = [];

  constructor({ file, text }: { readonly file: string; readonly text: string }) {
    this.locator = new SourceMap(file, text);
  }

  /** Once for each place: the programs of a wildcard have the same faults. */
  add({ place, problem, remedy }: ScriptProblem): void {
    // What follows from another fault.
    if (problem === '') return;
    const location = this.locator.at(place.start);
    const isKnown = this.faults.some(
      (known) =>
        known.message === problem &&
        known.location?.line === location.line &&
        known.location.column === location.column,
    );
    if (!isKnown) this.faults.push(fault('SCRIPT_INVALID', { problem, remedy }, { location }));
  }

  catch<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof ScriptProblem)) throw error;
      this.add(error);
      return undefined;
    }
  }

  throwIfAny(): void {
    if (this.faults.length > 0) this.stop();
  }

  stop(): never {
    throw new Faults(this.faults);
  }
}

export class Notices {
  readonly list: ScriptNotice[];

  constructor(
    private readonly locator: SourceMap,
    before: readonly ScriptNotice[] = [],
  ) {
    this.list = [...before];
  }

  add(place: Place, text: string): void {
    const { line, column } = this.locator.at(place.start);
    if (this.list.some((known) => known.text === text && known.line === line && known.column === column)) return;
    this.list.push({ text, line, column });
  }
}
