import type { BpfObject, Link } from '../addon.js';
import { attachKernelFunction } from './kernel_function.js';
import type { Family, Hook } from './kinds.js';
import { attachToCgroup, attachToInterfaces, attachToSockets } from './network.js';
import { attachSampling } from './perf_event.js';
import { attachUserCode } from './user_code.js';

/**
 * Attaches one program of a loaded object. The object owns the links.
 * @throws NativeError, or a SantaError that says more
 */
export type Attacher = (object: BpfObject, hook: Hook) => Link[];

/** Families without an attacher are refused before the load. */
const attachers: Readonly<Partial<Record<Family, Attacher>>> = {
  section: attachBySection,
  kernel_function: attachKernelFunction,
  user_code: attachUserCode,
  perf_event: attachSampling,
  interface: attachToInterfaces,
  cgroup: attachToCgroup,
  sockets: attachToSockets,
};

/** Whether programs of a family can be attached. */
export function isAttachable(family: Family): boolean {
  return attachers[family] !== undefined;
}

/**
 * Attaches a program where its section and its settings say.
 * @throws NativeError, or a SantaError that says more
 */
export function attach(object: BpfObject, hook: Hook): Link[] {
  // Its places come and go: see `movingHook`.
  if (hook.settings.in !== undefined) return [];
  return (attachers[hook.kind.family] ?? attachBySection)(object, hook);
}

function attachBySection(object: BpfObject, { program }: Hook): Link[] {
  return [object.attach(program)];
}
