import { hexadecimalBytes, memoryDecoder } from '../names/raw_bytes.js';

/** A hardware address in memory order: `02:42:ac:11:00:02`. */
export const mac = memoryDecoder(6, (bytes, offset) => {
  let text = hexadecimalBytes[bytes[offset]!]!;
  for (let i = 1; i < 6; i++) text += `:${hexadecimalBytes[bytes[offset + i]!]}`;
  return text;
});
