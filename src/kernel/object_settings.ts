import { fault } from '../errors/fault.js';
import { TASK_STORAGE } from '../maps/map_kind.js';
import type { BpfObject } from './addon.js';
import type { Alternatives } from './alternatives.js';
import { hookOf } from './attach/kinds.js';
import type { Handlers } from './handlers.js';
import { seesAllTasks } from './host.js';
import type { KernelContext } from './kernel_context.js';
import type { AttachRequest, LoadRequest } from './load_request.js';
import { fitMapSizes } from './map_sizes.js';
import { isSleepable, isTaskIterator, needsKernelBtf } from './program_section.js';
import { leaveOutCounters } from './run_counters.js';

/**
 * Sets up an opened object for its load: programs in use, maps that this kernel has, map sizes, constants.
 * @param alternatives avoids the programs that this host cannot load
 * @param handlers loads the variants of handlers of system calls
 * @throws fault PID_NAMESPACE, and those of `Handlers.prepare`; NativeError if libbpf refuses a setting
 */
export async function applySettings(
  object: BpfObject,
  request: LoadRequest,
  alternatives: Alternatives,
  handlers: Handlers,
  context: KernelContext,
): Promise<void> {
  avoidForeignTypes(object, alternatives, context);
  chooseHooks(object, request.attach ?? {});
  for (const program of alternatives.unused()) {
    object.setAutoload(program, false);
  }
  await handlers.prepare(object, alternatives.unused());
  leaveOutCounters(object);
  refuseHiddenTasks(object, context);
  leaveOutUnsupportedMaps(object, context);
  fitMapSizes(object, context.host.possibleCpus, new Set(Object.keys(request.maxEntries)));
  for (const [map, maxEntries] of Object.entries(request.maxEntries)) {
    object.setMaxEntries(map, maxEntries);
  }
  for (const [map, keySize] of Object.entries(request.keySizes ?? {})) {
    object.setKeySize(map, keySize);
  }
  for (const [map, valueSize] of Object.entries(request.valueSizes ?? {})) {
    object.setValueSize(map, valueSize);
  }
  for (const [map, path] of Object.entries(request.pins ?? {})) {
    object.setPinPath(map, path);
  }
  for (const { map, offset, bytes } of request.constants) {
    object.setInitialValue(map, offset, bytes);
  }
}

/** Programs that are named are loaded, even if their section has libbpf leave them out. */
function chooseHooks(object: BpfObject, requests: Readonly<Record<string, AttachRequest>>): void {
  for (const { name, section, typeName } of object.programs()) {
    const settings = requests[name];
    if (settings !== undefined) object.setAutoload(name, !settings.skip);
    if (settings?.skip) continue;
    const kind = hookOf(name, section, settings)?.kind;
    const isUnknown = typeName === 'unspec' || settings?.type !== undefined;
    if (isUnknown && kind?.numbers !== undefined) {
      const { type, attachType } = kind.numbers;
      object.setProgramType(name, type, attachType, kind.section.test(section) && isSleepable(section));
    }
    if (kind?.family === 'kernel_function' && kind.numbers === undefined && settings?.function !== undefined) {
      object.setAttachTarget(name, settings.function);
    }
  }
}

function avoidForeignTypes(object: BpfObject, alternatives: Alternatives, { host }: KernelContext): void {
  if (!host.btf?.isUsual) {
    // One such program would make the whole object fail, and its log would name none.
    const typed = object.programs().filter(({ section }) => needsKernelBtf(section));
    alternatives.avoid((program) => typed.some(({ name }) => name === program));
  }
}

/** The counts would cover one namespace, but would look like counts of the host. */
function refuseHiddenTasks(object: BpfObject, { host }: KernelContext): void {
  const iterator = object.programs().find(({ autoload, section }) => autoload && isTaskIterator(section));
  if (iterator !== undefined && !seesAllTasks(host)) {
    throw fault('PID_NAMESPACE', { program: iterator.name, section: iterator.section });
  }
}

/** Programs check `has_task_storage` before they use such a map. */
function leaveOutUnsupportedMaps(object: BpfObject, { addon }: KernelContext): void {
  for (const { name, type } of object.maps()) {
    if (type === TASK_STORAGE && !addon.supportsMapType(type)) {
      object.setAutocreate(name, false);
    }
  }
}
