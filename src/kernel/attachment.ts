import { SantaError } from '../errors/fault.js';
import { type BpfObject, isNativeError, type Link } from './addon.js';
import { attach } from './attach/attachers.js';
import { type Hook, hookOf } from './attach/kinds.js';
import { movingHook } from './attach/moving_hook.js';
import type { MovingHook } from './attach/places.js';
import type { Handlers } from './handlers.js';
import type { Host } from './host.js';
import type { LoadRequest } from './load_request.js';
import { calledPrograms } from './map_filling.js';
import { explainAttachFailure } from './rejection.js';

/** A program with one of its links. The object owns the link. */
export interface AttachedProgram {
  readonly name: string;
  readonly section: string;
  readonly link: Link;
  /** Whether the link is one perf event for each CPU. */
  readonly isSampling?: boolean;
}

/** The first program that could not be attached, and why. */
export interface AttachFailure {
  readonly program: string;
  readonly fault: SantaError;
}

/**
 * Attaches every program in use of a loaded object. Stops at the first failure; closing the object detaches the others.
 * @param proc procfs of the host
 * @throws fault HANDLERS_FULL
 */
export function attachPrograms(
  object: BpfObject,
  request: LoadRequest,
  handlers: Handlers,
  host: Host,
  proc: string,
): { attached: AttachedProgram[]; moving: MovingHook[] } | { failure: AttachFailure } {
  const attached: AttachedProgram[] = [];
  const moving: MovingHook[] = [];
  const called = calledPrograms(request);
  for (const { name, section, autoload } of inOrder(object, request)) {
    if (!autoload || called.has(name)) continue;
    if (handlers.includes(name)) {
      handlers.add(object, name);
      continue;
    }
    const hook = hookOf(name, section, request.attach?.[name]);
    try {
      const over = request.iterators.find(({ program }) => program === name)?.over;
      const links =
        hook === undefined || over !== undefined
          ? [object.attach(name, over === undefined ? {} : { over })]
          : attach(object, hook);
      const places = hook && movingHook(object, hook, proc);
      if (places) moving.push(places);
      attached.push(...links.map((link) => ({ name, section, link, isSampling: hook?.kind.family === 'perf_event' })));
    } catch (error) {
      if (error instanceof SantaError) return { failure: { program: name, fault: error } };
      if (!isNativeError(error)) throw error;
      return {
        failure: { program: name, fault: explainAttachFailure(error, name, chosenSection(section, hook), host) },
      };
    }
  }
  return { attached, moving };
}

/** A socket gets the programs that its map has when it is added: these programs come before those that add sockets. */
function inOrder(object: BpfObject, { attach: settings }: LoadRequest) {
  const familyOf = ({ name, section }: { readonly name: string; readonly section: string }) =>
    hookOf(name, section, settings?.[name])?.kind.family;
  const rank = (program: { readonly name: string; readonly section: string }) => {
    const family = familyOf(program);
    return family === 'sockets' ? 0 : family === 'user_code' ? 2 : 1;
  };
  const programs = object.programs();
  // Of the programs at one place in user code the kernel runs the one first that was attached last.
  const lastFirst = [...programs].reverse().filter((program) => rank(program) === 2);
  return [
    ...programs.filter((program) => rank(program) < 2).sort((one, other) => rank(one) - rank(other)),
    ...lastFirst,
  ];
}

/** The section that a program for a function of the kernel would have if it named the function that the probe file chose. */
function chosenSection(section: string, hook: Hook | undefined): string {
  const { function: name, functions, syscall } = hook?.settings ?? {};
  const target = name ?? functions ?? syscall;
  return hook === undefined || target === undefined ? section : `${hook.kind.name}/${target}`;
}
