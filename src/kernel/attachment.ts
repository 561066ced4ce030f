import { SantaError } from '../errors/fault.js';
import { type BpfObject, isNativeError, type Link } from './addon.js';
import { attach } from './attach/attachers.js';
import type { Handlers } from './handlers.js';
import type { Host } from './host.js';
import type { LoadRequest } from './load_request.js';
import { explainAttachFailure } from './rejection.js';

/** A program with one of its links. The object owns the link. */
export interface AttachedProgram {
  readonly name: string;
  readonly section: string;
  readonly link: Link;
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
    try {
      attached.push(...attach(object, name, section, request).map((link) => ({ name, section, link })));
    } catch (error) {
      if (error instanceof SantaError) return { failure: { program: name, fault: error } };
      if (!isNativeError(error)) throw error;
      return { failure: { program: name, fault: explainAttachFailure(error, name, section, host) } };
    }
  }
  return { attached };
}
