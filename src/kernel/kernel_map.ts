import type { MapReader, MapSnapshot } from '../maps/map_reader.js';
import type { BpfMap } from './addon.js';

/** A map of a loaded BPF object, for the metrics stage. The object owns the map and closes it. */
export class KernelMap implements MapReader {
  /** Name of the map, or section of a map of global variables, e.g. `.bss`. */
  readonly name: string;
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly cpus: number;
  readonly valueStride: number;
  readonly maxEntries: number;
  readonly isRefilled: boolean;
  readonly #map: BpfMap;
  readonly #newcomers: BpfMap | undefined;
  #limits = 0;

  /**
   * @param isRefilled whether an iterator fills the map
   * @param newcomers the map that limits the new keys of `map`
   */
  constructor(map: BpfMap, isRefilled = false, newcomers?: BpfMap) {
    this.name = map.section ?? map.name;
    this.type = map.typeName;
    this.keySize = map.keySize;
    this.valueSize = map.valueSize;
    this.cpus = map.cpus;
    this.valueStride = map.valueStride;
    this.maxEntries = map.maxEntries;
    this.isRefilled = isRefilled;
    this.#map = map;
    this.#newcomers = newcomers;
  }

  /** @throws NativeError as rejection: EBADF when the map is closed, EBUSY when calls overlap, EAGAIN when the map changes too fast to be read */
  async read(): Promise<MapSnapshot> {
    return this.#map.snapshot();
  }

  /** @throws NativeError as rejection: EBADF when the map is closed, EINVAL for an array */
  async take(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#map.lookupAndDelete(key);
  }

  /** @throws NativeError EBADF when the map is closed */
  limitNewEntries(count: number): void {
    // Programs see a new number of the limit, and start to count the keys of each share anew.
    this.#limits = (this.#limits + 1) >>> 0 || 1;
    const limit = new Uint8Array(Uint32Array.of(this.#limits, Math.min(count, 2 ** 31 - 1)).buffer);
    this.#newcomers?.update(new Uint8Array(4), limit);
  }
}
