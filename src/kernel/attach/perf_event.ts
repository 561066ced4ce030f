import type { BpfObject, Link } from '../addon.js';
import { perfEventNumbers } from '../perf_events.js';
import type { Hook } from './kinds.js';

/** Samples an event on every CPU that is online. */
export function attachSampling(object: BpfObject, { program, settings }: Hook): Link[] {
  const { event = 'cpu-clock', frequency, period } = settings;
  return [
    object.attachPerfEvent(program, {
      ...perfEventNumbers(event),
      ...(frequency === undefined ? {} : { frequency }),
      ...(period === undefined ? {} : { period }),
    }),
  ];
}
