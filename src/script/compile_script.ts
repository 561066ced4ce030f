/** From the tree of a script to its programs and maps, for one kernel. */

import type { CompiledScript, ScriptNotice } from '../config/compiled_script.js';
import { SourceMap } from '../config/source_map.js';
import { Faults, fault, type SantaError } from '../errors/fault.js';
import { MapTable, type ScriptMapUse } from './check/map_table.js';
import { valueBytes } from './generate/aggregations.js';
import type { Compilation, CountedPrint, ScriptSettings } from './generate/lowering.js';
import { mapDefinitions, usdtMaps } from './generate/map_definitions.js';
import { scriptMap } from './generate/metrics.js';
import { flags, type Program, probesOf, writePrograms } from './generate/programs.js';
import { mayAddKey } from './generate/static_functions.js';
import type { IrData, IrMap, IrObject } from './ir/program.js';
import { defineType } from './resolve/c_definitions.js';
import type { Provider } from './resolve/hook.js';
import { hooksOf } from './resolve/hooks.js';
import { isAtLeast, type KernelTypes } from './resolve/kernel_types.js';
import { ScriptProblem } from './resolve/problem.js';
import { TypeTable } from './resolve/type_table.js';
import { readSettings } from './settings.js';
import type { Place, Script } from './syntax/tree.js';

export interface ScriptSource {
  /** For faults and for the object's line information. */
  readonly file: string;
  readonly text: string;
  /** The name of the probe. */
  readonly probe: string;
  readonly kernel: KernelTypes;
  /** By the number of a printf in the script, from 1. */
  readonly events?: ReadonlyMap<number, CountedPrint>;
}

export interface GeneratedScript {
  readonly object: IrObject;
  readonly script: Omit<CompiledScript, 'object'>;
  /** The maps with the types of their keys and values. */
  readonly uses: readonly ScriptMapUse[];
}

/** Types settle after as many rounds as assignments depend on each other; a script that needs more goes round in circles. */
const mostRounds = 20;

/**
 * Compiles a script for the kernel whose types are given.
 * @throws Faults SCRIPT_INVALID, one for each statement that is wrong
 */
export function compileScript(tree: Script, source: ScriptSource): GeneratedScript {
  const problems = new Problems(source);
  const types = new TypeTable(source.kernel.btf);
  const settings = problems.catch(() => readSettings(tree.settings)) ?? problems.stop();
  for (const { text, place } of tree.definitions) {
    const wrong = defineType(text, types);
    if (wrong)
      problems.add(
        new ScriptProblem(
          place,
          `This definition is wrong: ${wrong.problem}`,
          'Correct it, or remove it: types of the kernel are known.',
        ),
      );
  }
  const notices = new Notices(problems.locator);
  const probes = probesOf(tree, (block) =>
    block.points.flatMap((point) => {
      const hooks = problems.catch(() => hooksOf(point, types, source.kernel, settings.mostProbes)) ?? [];
      return hooks.filter((hook) => {
        if (hook.provider === 'end') notices.add(point.place, 'end is left out: the exporter ends when it is stopped');
        return hook.provider !== 'end';
      });
    }),
  );
  problems.throwIfAny();
  const maps = new MapTable(tree.maps);
  for (let round = 1; ; round++) {
    maps.changed = false;
    const found = new Problems(source);
    const remarks = new Notices(found.locator, notices.list);
    const compilation: Compilation = {
      ...compilationOf(source, types, maps, settings, found, remarks),
      namesFunctionsByAddress: isAtLeast(source.kernel, 5, 15),
    };
    const programs = writePrograms(probes, compilation);
    if (maps.changed && round < mostRounds) continue;
    found.throwIfAny();
    if (programs.length === 0)
      found.add(
        new ScriptProblem(
          { start: 0, end: 0 },
          'The script counts nothing',
          'Assign to a map: @[comm] = count(); or count a printf with `events` in a probe file.',
        ),
      );
    found.throwIfAny();
    return {
      object: objectOf(source, compilation, programs),
      script: {
        programs: programSettings(programs),
        mapSettings: undefined,
        maps: maps.all().map((map) => scriptMap(map, source.probe)),
        notices: remarks.list,
      },
      uses: maps.all(),
    };
  }
}

function compilationOf(
  source: ScriptSource,
  types: TypeTable,
  maps: MapTable,
  settings: ScriptSettings,
  problems: Problems,
  notices: Notices,
): Omit<Compilation, 'namesFunctionsByAddress'> {
  const prints: Place[] = [];
  return {
    types,
    kernel: source.kernel,
    maps,
    settings,
    events: source.events ?? new Map(),
    notice: (place, text) => notices.add(place, text),
    problem: (problem) => problems.add(problem),
    printNumber: (place) => {
      const known = prints.findIndex(({ start }) => start === place.start);
      return known >= 0 ? known + 1 : prints.push(place);
    },
    usesNewcomers: false,
    usesZeroes: false,
    functions: new Map(),
  };
}

function objectOf(
  { file, text, kernel }: ScriptSource,
  compilation: Compilation,
  programs: readonly Program[],
): IrObject {
  const { types, maps, settings, usesNewcomers, usesZeroes, functions } = compilation;
  const scratch = Math.max(0, ...programs.map(({ scratchBytes }) => scratchBytes));
  const data: IrData[] = [];
  if (usesZeroes) {
    const bytes = Math.max(8, ...maps.all().map(valueBytes));
    data.push({
      section: '.rodata',
      bytes: new Uint8Array(bytes),
      variables: [{ name: 'zeroes', offset: 0, type: { kind: 'text', bytes } }],
    });
  }
  if (programs.some(({ hook }) => hook.provider === 'begin')) {
    const count = programs.length;
    data.push({
      section: flags,
      bytes: new Uint8Array(8 * count),
      variables: [
        {
          name: 'has_run',
          offset: 0,
          type: { kind: 'array', element: { kind: 'integer', bytes: 8, isSigned: false }, count },
        },
      ],
    });
  }
  return {
    functions: [
      ...programs.map(({ code }) => code),
      ...(usesNewcomers ? [mayAddKey(types, kernel)] : []),
      ...functions.values(),
    ],
    maps: [
      ...maps.all().flatMap((map) => mapDefinitions(map, settings.mapEntries)),
      ...(scratch > 0 ? [scratchMap(scratch, programs.length)] : []),
      ...(programs.some(({ hook }) => hook.provider === 'usdt') ? usdtMaps : []),
    ],
    data,
    source: { file, text },
  };
}

/** Bytes for what does not fit on the stack, for each program its own: a program may interrupt another. */
function scratchMap(bytes: number, entries: number): IrMap {
  const u64 = { kind: 'integer', bytes: 8, isSigned: false } as const;
  return {
    name: 'scratch',
    type: 6,
    entries,
    flags: 0,
    key: { kind: 'integer', bytes: 4, isSigned: false },
    value: { kind: 'array', element: u64, count: bytes / 8 },
  };
}

/** Providers of one hook of the kernel, which elsewhere replace each other. */
const sameHooks: readonly (readonly Provider[])[] = [
  ['tracepoint', 'rawtracepoint'],
  ['kprobe', 'fentry'],
  ['kretprobe', 'fexit'],
];

function programSettings(programs: readonly Program[]): Record<string, unknown> | undefined {
  const attach = programs.flatMap(({ code, hook }) =>
    hook.attach === undefined ? [] : [[code.name, hook.attach] as const],
  );
  const used = new Set(programs.map(({ hook }) => hook.provider));
  const mixed = sameHooks.filter((providers) => providers.every((provider) => used.has(provider))).flat();
  // A script that has both kinds means both: a program in a list of its own is no alternative of another.
  const alone = programs.filter(({ hook }) => mixed.includes(hook.provider)).map(({ code }) => [code.name]);
  if (attach.length === 0 && alone.length === 0) return undefined;
  return {
    ...(alone.length > 0 && { alternatives: alone }),
    ...(attach.length > 0 && { attach: Object.fromEntries(attach) }),
  };
}

class Problems {
  readonly locator: SourceMap;
  private readonly faults: SantaError[] = [];

  constructor({ file, text }: ScriptSource) {
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

class Notices {
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
