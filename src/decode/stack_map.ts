import { endianness } from 'node:os';

/** As many as the kernel collects by default. */
const frameLimit = 127;

const isLittleEndian = endianness() === 'LE';

/** The value of a key in a loaded map; undefined if there is none. */
export type MapLookup = (key: Uint8Array) => Uint8Array | undefined;

/** A map that programs put stacks into (`BPF_MAP_TYPE_STACK_TRACE`). It has no stacks until it is connected. */
export class StackMap {
  #lookup: MapLookup | undefined;

  /** From now on stacks are read from the loaded map. */
  connect(lookup: MapLookup): void {
    this.#lookup = lookup;
  }

  /** The value of a stack, an array of addresses; undefined if the map has no stack with this id. @throws NativeError */
  read(id: number): Uint8Array | undefined {
    return this.#lookup?.(new Uint8Array(Uint32Array.of(id).buffer));
  }
}

/** The addresses of a stack, innermost first. The first zero ends it. */
export function addressesOf(bytes: Uint8Array, offset = 0, size = bytes.length): bigint[] {
  const addresses: bigint[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.min(Math.floor(size / 8), frameLimit);
  for (let i = 0; i < count; i++) {
    const address = view.getBigUint64(offset + 8 * i, isLittleEndian);
    if (address === 0n) break;
    addresses.push(address);
  }
  return addresses;
}
