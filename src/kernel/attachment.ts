import type { SantaError } from '../errors/fault.js';
import { type BpfObject, isNativeError, type Link } from './addon.js';
import type { Handlers } from './handlers.js';
import type { Host } from './host.js';
import type { LoadRequest, PerfEventRequest } from './load_request.js';
import { perfEvents } from './perf_events.js';
import { explainAttachFailure } from './rejection.js';

/** A program with its link. The object owns the link. */
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
    try {
      if (handlers.includes(name)) {
        handlers.add(object, name);
        continue;
      }
      const sampling = request.perfEvents.find(({ program }) => program === name);
      const over = request.iterators.find(({ program }) => program === name)?.over;
      const link =
        sampling === undefined
          ? object.attach(name, over === undefined ? {} : { over })
          : attachSampling(object, sampling);
      attached.push({ name, section, link });
    } catch (error) {
      if (!isNativeError(error)) {
        throw error;
      }
      return { failure: { program: name, fault: explainAttachFailure(error, name, section, host) } };
    }
  }
  return { attached };
}

function attachSampling(object: BpfObject, { program, event, frequency, period }: PerfEventRequest): Link {
  return object.attachPerfEvent(program, {
    ...perfEvents[event],
    ...(frequency === undefined ? {} : { frequency }),
    ...(period === undefined ? {} : { period }),
  });
}
