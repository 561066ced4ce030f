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

  constructor(map: BpfMap, isRefilled = false) {
    this.name = map.section ?? map.name;
    this.type = map.typeName;
    this.keySize = map.keySize;
    this.valueSize = map.valueSize;
    this.cpus = map.cpus;
    this.valueStride = map.valueStride;
    this.maxEntries = map.maxEntries;
    this.isRefilled = isRefilled;
    this.#map = map;
  }

  /** @throws NativeError as rejection: EBADF when the map is closed, EBUSY when calls overlap, EAGAIN when the map changes too fast to be read */
  async read(): Promise<MapSnapshot> {
    return this.#map.snapshot();
  }

  /** @throws NativeError as rejection: EBADF when the map is closed, EINVAL for an array */
  async take(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#map.lookupAndDelete(key);
  }
}
