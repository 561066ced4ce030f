import { fault } from '../errors/fault.js';
import { type BpfObject, isNativeError } from './addon.js';
import type { LoadRequest, MapFill } from './load_request.js';

/** Programs that a map of programs calls. They are loaded and not attached. */
export function calledPrograms({ fills = [] }: Pick<LoadRequest, 'fills'>): Set<string> {
  return new Set(fills.flatMap(({ programs }) => programs.map(({ program }) => program)));
}

/**
 * Puts the entries of the probe file into the maps of a loaded object.
 * @throws fault MAP_NOT_FILLED
 */
export function fillMaps(object: BpfObject, fills: readonly MapFill[]): void {
  for (const { map: name, entries, programs } of fills) {
    const map = object.map(name);
    for (const { key, value, shown } of entries) {
      attempt(name, shown, () => map.update(key, onAllCpus(value, map.valueStride, map.cpus)));
    }
    for (const { index, program } of programs) {
      attempt(name, String(index), () => object.setTailCall(program, map, index));
    }
  }
}

function onAllCpus(value: Uint8Array, stride: number, cpus: number): Uint8Array {
  const values = new Uint8Array(stride);
  for (let cpu = 0; cpu < cpus; cpu++) values.set(value, (stride / cpus) * cpu);
  return values;
}

function attempt(map: string, key: string, put: () => void): void {
  try {
    put();
  } catch (error) {
    if (!isNativeError(error)) throw error;
    throw fault('MAP_NOT_FILLED', { map, key, errno: error.code }, { cause: error });
  }
}
