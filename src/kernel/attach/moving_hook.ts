import type { BpfObject } from '../addon.js';
import { InterfacePlaces } from './interface_places.js';
import type { Hook } from './kinds.js';
import type { MovingHook } from './places.js';
import { ProcessPlaces } from './process_places.js';

/**
 * The places of a program that come and go, if its settings name such.
 * @param proc procfs of the host
 */
export function movingHook(object: BpfObject, hook: Hook, proc: string): MovingHook | undefined {
  if (hook.settings.in !== undefined) return new ProcessPlaces(object, hook, proc);
  return InterfacePlaces.of(object, hook, proc);
}
