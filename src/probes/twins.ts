import type { ProbeConfiguration } from '../config/configuration.js';
import { Faults, fault } from '../errors/fault.js';
import type { ProgramDescription } from '../kernel/addon.js';
import { type Hook, hookOf } from '../kernel/attach/kinds.js';
import { attachRequests } from './hook_checks.js';

/** Kinds of programs that see the same events of one hook, best first. */
const equivalents: readonly (readonly string[])[] = [
  ['tp_btf', 'raw_tp', 'tracepoint'],
  ['fentry', 'kprobe'],
  ['fexit', 'kretprobe'],
];

/** Programs for one hook, of at least two kinds: each event would count for each of them. */
interface SharedHook {
  readonly name: string;
  /** Sorted by kind, best first. */
  readonly programs: readonly { readonly name: string; readonly kind: string }[];
}

/**
 * Programs of an object that replace each other although no list says so: one of each kind for the same hook. Many projects ship such
 * twins, of which their own loader chooses one.
 * @param called programs that are called by others, and not attached
 * @returns lists for `programs.alternatives`
 * @throws Faults PROGRAMS_OVERLAP for each hook that has several programs of one kind
 */
export function findTwins(
  { spec, locate }: ProbeConfiguration,
  programs: readonly ProgramDescription[],
  called: readonly string[],
): string[][] {
  const { alternatives = [], nested = {}, attachesAll } = spec.programs ?? {};
  if (attachesAll) return [];
  const requests = attachRequests(spec.programs);
  const chosen = new Set([...alternatives.flat(), ...Object.entries(nested).flat(), ...called]);
  const inUse = programs.filter(
    ({ name, autoload }) => !chosen.has(name) && !requests[name]?.skip && (autoload || requests[name] !== undefined),
  );
  const hooks = inUse.flatMap(({ name, section }) => hookOf(name, section, requests[name]) ?? []);
  const shared = sharedHooks(hooks);
  const isPair = ({ programs }: SharedHook) => new Set(programs.map(({ kind }) => kind)).size === programs.length;
  const faults = shared
    .filter((hook) => !isPair(hook))
    .map(({ name, programs }) => {
      const names = programs.map((program) => program.name);
      return fault('PROGRAMS_OVERLAP', { hook: name, programs: names }, { location: locate(['programs']) });
    });
  if (faults.length > 0) throw new Faults(faults);
  return shared.map(({ programs }) => programs.map(({ name }) => name));
}

function sharedHooks(hooks: readonly Hook[]): SharedHook[] {
  return equivalents.flatMap((kinds) => {
    const byTarget = new Map<string, { name: string; kind: string }[]>();
    for (const { program, kind, target, settings } of hooks) {
      const place = settings.function ?? target;
      if (!kinds.includes(kind.name) || place === undefined) continue;
      // A tracepoint has its category in front.
      const name = place.slice(place.lastIndexOf('/') + 1);
      byTarget.set(name, [...(byTarget.get(name) ?? []), { name: program, kind: kind.name }]);
    }
    return [...byTarget]
      .map(([name, programs]) => ({
        name,
        programs: programs.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind)),
      }))
      .filter(({ programs }) => new Set(programs.map(({ kind }) => kind)).size > 1);
  });
}
