import { fault } from '../errors/fault.js';
import { nestedType } from '../maps/map_kind.js';
import type { MapReader, MapSnapshot } from '../maps/map_reader.js';
import { type BpfMap, type InnerMaps, isNativeError } from './addon.js';

/** What an object says of the maps in a map of maps. */
export interface InnerMapShape {
  /** libbpf's name of the type, and `enum bpf_map_type`. */
  readonly type: string;
  readonly typeId: number;
  readonly keySize: number;
  readonly valueSize: number;
}

/** The entries of all maps in a map of maps, for the metrics stage. */
export class InnerMapReader implements MapReader {
  /** Of the outer map. */
  readonly name: string;
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly cpus: number;
  readonly valueStride: number;
  readonly maxEntries: number;
  readonly #maps: InnerMaps;

  constructor(outer: BpfMap, inner: InnerMapShape) {
    this.#maps = outer.innerEntries(inner.typeId, inner.keySize, inner.valueSize);
    this.name = outer.name;
    this.type = nestedType(inner.type, outer.typeName);
    this.keySize = this.#maps.keySize;
    this.valueSize = this.#maps.valueSize;
    this.cpus = this.#maps.cpus;
    this.valueStride = this.#maps.valueStride;
    this.maxEntries = this.#maps.maxEntries;
  }

  /**
   * @throws SantaError INNER_MAPS_TOO_LARGE, or a NativeError as rejection: EBADF when the map is closed, EBUSY when calls overlap,
   *   EAGAIN when a map changes too fast to be read
   */
  async read(): Promise<MapSnapshot> {
    try {
      return await this.#maps.snapshot();
    } catch (error) {
      if (isNativeError(error) && error.code === 'E2BIG') throw fault('INNER_MAPS_TOO_LARGE', { map: this.name });
      throw error;
    }
  }

  /** Removes nothing: the inner maps may belong to others. */
  async take(): Promise<undefined> {
    return undefined;
  }
}
