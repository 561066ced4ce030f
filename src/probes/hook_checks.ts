import type { ProbeConfiguration } from '../config/configuration.js';
import type { ProbeSpec } from '../config/probe_schema.js';
import type { ProgramsSpec } from '../config/programs_schema.js';
import { fault, type SantaError } from '../errors/fault.js';
import type { ProgramDescription } from '../kernel/addon.js';
import { isAttachable } from '../kernel/attach/attachers.js';
import { type Hook, hookOf, type Kind } from '../kernel/attach/kinds.js';
import type { AttachRequest, AttachSetting } from '../kernel/load_request.js';

/** What a probe file says about the hooks of programs, by program. */
export function attachRequests(programs: ProgramsSpec | undefined): Readonly<Record<string, AttachRequest>> {
  const { attach = {}, perfEvents = [] } = programs ?? {};
  const sampled = perfEvents.map(({ program, ...event }) => [program, event] as const);
  return Object.assign(Object.create(null), Object.fromEntries(sampled), attach);
}

/**
 * Checks that every program of an object that will be loaded can be attached, as far as the object and the probe file tell.
 * @returns a fault for each that cannot
 */
export function hookFaults(
  { spec, locate }: ProbeConfiguration,
  {
    programs,
    maps,
    called,
  }: {
    readonly programs: readonly ProgramDescription[];
    readonly maps: ReadonlyMap<string, unknown>;
    readonly called?: ReadonlySet<string>;
  },
): SantaError[] {
  const requests = attachRequests(spec.programs);
  return programs.flatMap(({ name, section, autoload }) => {
    const settings = requests[name];
    if (settings?.skip || called?.has(name) || (!autoload && settings === undefined)) return [];
    const location = (path: readonly string[]) => ({ location: locate(['programs', 'attach', name, ...path]) });
    const hook = hookOf(name, section, settings);
    if (hook === undefined) return [fault('PROGRAM_SECTION_UNKNOWN', { program: name, section }, location([]))];
    const { kind } = hook;
    const reason = unsuitability(kind, maps) ?? socketReason(hook, programs, maps, spec.maps);
    if (reason !== undefined) {
      return [fault('PROGRAM_NOT_ATTACHABLE', { program: name, section, reason }, location([]))];
    }
    const unfit = unfitSettings(hook).map((setting) =>
      fault(
        'HOOK_SETTING_UNSUITABLE',
        { program: name, section, kind: kind.name, setting, settings: kind.settings },
        location([setting]),
      ),
    );
    if (unfit.length > 0) return unfit;
    const missing = kind.missing?.(hook.target, hook.settings);
    return missing === undefined
      ? []
      : [fault('HOOK_INCOMPLETE', { program: name, section, ...missing }, location([]))];
  });
}

/** Why programs of a kind cannot be attached; undefined if they can. */
function unsuitability({ name, family, reason }: Kind, maps: ReadonlyMap<string, unknown>): string | undefined {
  if (!isAttachable(family)) return reason ?? 'this exporter cannot attach programs of this kind';
  const lacksUsdt = name === 'usdt' && !maps.has('__bpf_usdt_specs');
  return lacksUsdt ? 'it does not include <bpf/usdt.bpf.h>, which finds the arguments of USDT probes' : undefined;
}

/** Why a program for a map of sockets would see none. */
function socketReason(
  { kind, settings: { map } }: Hook,
  programs: readonly ProgramDescription[],
  maps: ReadonlyMap<string, unknown>,
  settings: ProbeSpec['maps'],
): string | undefined {
  if (kind.family !== 'sockets' || map === undefined) return undefined;
  const { type } = (maps.get(map) ?? {}) as { readonly type?: string };
  if (type !== 'sockmap' && type !== 'sockhash')
    return `the object has no map of sockets "${map}" (sockmap or sockhash)`;
  const isFilled = programs.some(({ name, section }) => hookOf(name, section)?.kind.family !== 'sockets');
  if (isFilled || settings?.[map]?.pin !== undefined) return undefined;
  return `nothing adds sockets to map "${map}": the object has no other program, such as one of section sockops`;
}

function unfitSettings({ kind, settings }: Hook): AttachSetting[] {
  const given = Object.keys(settings).filter((name) => settings[name as keyof AttachRequest] !== undefined);
  return given.filter(
    (name): name is AttachSetting =>
      name !== 'type' && name !== 'skip' && !kind.settings.includes(name as AttachSetting),
  );
}
