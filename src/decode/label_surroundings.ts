import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { nearest } from '../nearest.js';
import type { FieldSurroundings } from './decoded_field.js';
import type { MapDescription } from './map_description.js';
import { type Origin, select } from './path.js';

/**
 * What the decoders of a label may read besides its field.
 * @param origin of the field
 * @param maps of the object
 */
export function labelSurroundings(origin: Origin, maps: ReadonlyMap<string, MapDescription>) {
  return (location: Location | undefined): FieldSurroundings => ({
    field: (path) => select(origin, path, location),
    stacks(name) {
      const map = maps.get(name);
      if (map?.stacks) return map.stacks;
      const known = [...maps.values()].flatMap(({ name, stacks }) => (stacks ? [name] : []));
      if (map) throw fault('MAP_WITHOUT_STACKS', { map: name, type: map.type, known }, { location });
      throw fault('MAP_UNKNOWN', { map: name, known, nearest: nearest(name, known) }, { location });
    },
  });
}
