/** A copy with at least `length` elements and half as many again as before; new elements are 0. */
export function grown<T extends Uint8Array | Uint32Array | Int32Array | Float64Array | Uint16Array>(
  array: T,
  length: number,
): T {
  const size = Math.max(length, array.length + (array.length >> 1), 8);
  const copy = new (array.constructor as new (size: number) => T)(size);
  copy.set(array);
  return copy;
}
