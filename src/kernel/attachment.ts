import { SantaError } from '../errors/fault.js';
import { type BpfObject, isNativeError, type Link } from './addon.js';
import { attach } from './attach/attachers.js';
import { type Hook, hookOf } from './attach/kinds.js';
import type { Handlers } from './handlers.js';
import type { Host } from './host.js';
import type { LoadRequest } from './load_request.js';
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
 * @throws fault HANDLERS_FULL
 */
export function attachPrograms(
  object: BpfObject,
  request: LoadRequest,
  handlers: Handlers,
  host: Host,
): { attached: AttachedProgram[] } | { failure: AttachFailure } {
  const attached: AttachedProgram[] = [];
  for (const { name, section, autoload } of object.programs()) {
    if (!autoload) continue;
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
      attached.push(...links.map((link) => ({ name, section, link, isSampling: hook?.kind.family === 'perf_event' })));
    } catch (error) {
      if (error instanceof SantaError) return { failure: { program: name, fault: error } };
      if (!isNativeError(error)) throw error;
      return {
        failure: { program: name, fault: explainAttachFailure(error, name, chosenSection(section, hook), host) },
      };
    }
  }
  return { attached };
}

/** The section that a program for a function of the kernel would have if it named the function that the probe file chose. */
function chosenSection(section: string, hook: Hook | undefined): string {
  const { function: name, functions, syscall } = hook?.settings ?? {};
  const target = name ?? functions ?? syscall;
  return hook === undefined || target === undefined ? section : `${hook.kind.name}/${target}`;
}
