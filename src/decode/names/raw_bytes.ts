import type { DecodedField } from '../decoded_field.js';
import type { Decoder } from '../decoder.js';

/** Two hexadecimal digits for every byte. */
export const hexadecimalBytes: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** Whether a field is an array of integers of one byte. */
export function isByteArray({ layout }: DecodedField): boolean {
  return layout.kind === 'array' && layout.element.kind === 'integer' && layout.element.size === 1 && layout.count > 0;
}

/** Whether the bytes of a field can be read in memory order, whatever their type is. */
export function isMemory({ layout, isBitfield }: DecodedField): boolean {
  return !isBitfield && layout.kind !== 'pointer' && layout.kind !== 'enum';
}

/** A decoder of a fixed number of bytes in memory order. */
export function memoryDecoder(size: number, name: (bytes: Uint8Array, offset: number) => string): Decoder {
  return {
    takes: `${size} bytes`,
    compile(field) {
      if (field.size !== size || !isMemory(field)) return undefined;
      const { offset } = field;
      return { decode: (bytes) => name(bytes, offset) };
    },
  };
}
