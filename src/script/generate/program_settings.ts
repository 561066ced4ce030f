/** `programs` of the probe file that a script stands for. */
import type { MapTable } from '../check/map_table.js';
import type { Provider } from '../resolve/hook.js';
import type { ScriptSettings } from './lowering.js';
import { mapName } from './map_names.js';
import type { Program } from './programs.js';

/** Providers of one hook of the kernel, which elsewhere replace each other. */
const sameHooks: readonly (readonly Provider[])[] = [
  ['tracepoint', 'rawtracepoint'],
  ['kprobe', 'fentry'],
  ['kretprobe', 'fexit'],
];

/** The first one clears what all of them fill. */
function iteratorsOf(programs: readonly Program[], maps: MapTable): Record<string, unknown>[] {
  const names = programs.flatMap(({ code, hook }) => (hook.provider === 'iter' ? [code.name] : []));
  const fills = maps.all().flatMap((map) => (map.isRefilled ? [mapName(map.name)] : []));
  return names.map((program, index) => ({ program, ...(index === 0 && { fills }) }));
}

export function programSettings(
  programs: readonly Program[],
  maps: MapTable,
  settings: ScriptSettings,
): Record<string, unknown> | undefined {
  const attach = programs.flatMap(({ code, hook }) =>
    hook.attach === undefined ? [] : [[code.name, hook.attach] as const],
  );
  const used = new Set(programs.map(({ hook }) => hook.provider));
  const mixed = sameHooks.filter((providers) => providers.every((provider) => used.has(provider))).flat();
  // A script that has both kinds means both: a program in a list of its own is no alternative of another.
  const alone = programs.filter(({ hook }) => mixed.includes(hook.provider)).map(({ code }) => [code.name]);
  const iterators = iteratorsOf(programs, maps);
  const optional = settings.missingProbes === 'error' ? [] : programs.map(({ code }) => code.name);
  if (attach.length + alone.length + iterators.length + optional.length === 0) return undefined;
  return {
    ...(optional.length > 0 && { optional }),
    ...(iterators.length > 0 && { iterators }),
    ...(alone.length > 0 && { alternatives: alone }),
    ...(attach.length > 0 && { attach: Object.fromEntries(attach) }),
  };
}
