import type { BpfObject, Link } from '../addon.js';
import type { LoadRequest } from '../load_request.js';
import { attachKernelFunction } from './kernel_function.js';
import { type Family, type Hook, hookOf } from './kinds.js';
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
  none: () => [],
};

/** Whether programs of a family can be attached. */
export function isAttachable(family: Family): boolean {
  return attachers[family] !== undefined;
}

/**
 * Attaches a program where its section and the request say.
 * @throws NativeError, or a SantaError that says more
 */
export function attach(object: BpfObject, program: string, section: string, request: LoadRequest): Link[] {
  const over = request.iterators.find((iterator) => iterator.program === program)?.over;
  if (over !== undefined) return [object.attach(program, { over })];
  const hook = hookOf(program, section, request.attach?.[program]);
  const attacher = hook && attachers[hook.kind.family];
  return attacher === undefined ? [object.attach(program)] : attacher(object, hook!);
}

function attachBySection(object: BpfObject, { program }: Hook): Link[] {
  return [object.attach(program)];
}
