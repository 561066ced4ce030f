/** From the tree of a script to its programs and maps, for one kernel. */

import type { CompiledScript } from '../config/compiled_script.js';
import { MapTable, type ScriptMapUse } from './check/map_table.js';
import { Notices, Problems } from './findings.js';
import { valueBytes } from './generate/aggregations.js';
import { mostOnStack } from './generate/function_builder.js';
import { loadTimeData } from './generate/load_time.js';
import type { Compilation, CountedPrint, KnownExpression, ScriptSettings } from './generate/lowering.js';
import { mapDefinitions, usdtMaps } from './generate/map_definitions.js';
import { scriptMap } from './generate/metrics.js';
import { programSettings } from './generate/program_settings.js';
import { flags, type Program, probesOf, writePrograms } from './generate/programs.js';
import { countsRuns, runCounter } from './generate/run_counters.js';
import { mayAddKey } from './generate/static_functions.js';
import type { IrData, IrMap, IrObject } from './ir/program.js';
import { defineType } from './resolve/c_definitions.js';
import type { Hook } from './resolve/hook.js';
import { type HookSearch, hooksOf } from './resolve/hooks.js';
import { isAtLeast, type KernelTypes } from './resolve/kernel_types.js';
import { MissingHook, ScriptProblem } from './resolve/problem.js';
import { TypeTable } from './resolve/type_table.js';
import { readSettings } from './settings.js';
import { mentionedIn } from './syntax/mentions.js';
import { withScopes } from './syntax/scopes.js';
import type { AttachPoint, Place, Script } from './syntax/tree.js';

export interface ScriptSource {
  /** For faults and for the object's line information. */
  readonly file: string;
  readonly text: string;
  /** The name of the probe. */
  readonly probe: string;
  readonly kernel: KernelTypes;
  /** By the number of a printf in the script, from 1. */
  readonly events?: ReadonlyMap<number, CountedPrint>;
  /** Bytes of the stack that a function may use for values; `mostOnStack` by default. */
  readonly slotBytes?: number;
}

export interface GeneratedScript {
  readonly object: IrObject;
  readonly script: Omit<CompiledScript, 'object'>;
  /** The maps with the types of their keys and values. */
  readonly uses: readonly ScriptMapUse[];
  /** What is known of its expressions, in the order of their places. */
  readonly expressions: readonly KnownExpression[];
}

/** Types settle after as many rounds as assignments depend on each other; a script that needs more goes round in circles. */
const mostRounds = 20;

/**
 * Compiles a script for the kernel whose types are given.
 * @throws Faults SCRIPT_INVALID, one for each statement that is wrong
 */
export function compileScript(tree: Script, source: ScriptSource): GeneratedScript {
  const problems = new Problems(source);
  const types = new TypeTable(source.kernel.btf, source.kernel.modules);
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
  const probes = probesOf(withScopes(tree), (block) => {
    const search = { types, kernel: source.kernel, most: settings.mostProbes, mentioned: mentionedIn(block) };
    return block.points.flatMap((point) => {
      const hooks = problems.catch(() => knownHooks(point, search, settings, notices)) ?? [];
      return hooks.filter((hook) => {
        if (hook.provider === 'end') notices.add(point.place, 'end is left out: the exporter ends when it is stopped');
        return hook.provider !== 'end';
      });
    });
  });
  problems.throwIfAny();
  const maps = new MapTable(tree.maps);
  const hooks = probes.reduce((sum, probe) => sum + probe.hooks.length, 0);
  for (let round = 1; ; round++) {
    maps.changed = false;
    const found = new Problems(source);
    const remarks = new Notices(found.locator, notices.list);
    const compilation: Compilation = {
      ...compilationOf(source, types, maps, settings, found, remarks, hooks),
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
        programs: programSettings(programs, maps, settings),
        mapSettings: undefined,
        maps: maps.all().map((map) => scriptMap(map, source.probe)),
        notices: remarks.list,
      },
      uses: maps.all(),
      expressions: [...compilation.expressions.values()].sort((a, b) => a.place.start - b.place.start),
    };
  }
}

/** The hooks of an attach point. None if the kernel lacks them, and the script says that it can do without. */
function knownHooks(
  point: AttachPoint,
  search: HookSearch,
  { missingProbes }: ScriptSettings,
  notices: Notices,
): readonly Hook[] {
  try {
    return hooksOf(point, search);
  } catch (error) {
    if (!(error instanceof MissingHook) || missingProbes === 'error') throw error;
    if (missingProbes === 'warn') notices.add(point.place, `${error.problem}: the probe is left out`);
    return [];
  }
}

function compilationOf(
  source: ScriptSource,
  types: TypeTable,
  maps: MapTable,
  settings: ScriptSettings,
  problems: Problems,
  notices: Notices,
  programs: number,
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
    usesLoadTime: false,
    slotBytes: source.slotBytes ?? mostOnStack,
    programs,
    functions: new Map(),
    expressions: new Map(),
  };
}

function objectOf(
  { file, text, kernel }: ScriptSource,
  compilation: Compilation,
  programs: readonly Program[],
): IrObject {
  const { types, maps, settings, usesNewcomers, usesZeroes, usesLoadTime, functions } = compilation;
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
  if (usesLoadTime) data.push(loadTimeData);
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
      ...programs.flatMap(({ code, hook }) => (countsRuns(hook, compilation) ? [runCounter(code.name)] : [])),
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
