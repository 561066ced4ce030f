import { hexadecimalBytes, memoryDecoder } from '../names/raw_bytes.js';

const groupsBegin = new Set([4, 6, 8, 10]);

/** A UUID in memory order, as the kernel's `uuid_t` is: `123e4567-e89b-12d3-a456-426614174000`. */
export const uuid = memoryDecoder(16, (bytes, offset) => {
  let text = '';
  for (let i = 0; i < 16; i++) text += (groupsBegin.has(i) ? '-' : '') + hexadecimalBytes[bytes[offset + i]!];
  return text;
});
