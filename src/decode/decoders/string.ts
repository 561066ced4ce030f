import type { Decoder } from '../decoder.js';
import { isByteArray } from '../names/raw_bytes.js';
import { printable } from '../printable.js';

/**
 * Text up to the first NUL. Visible UTF-8 stays as it is; every byte of anything else, control characters included, becomes
 * `\xNN`. So does a backslash before an `x`: different bytes are always different text.
 */
export const string: Decoder = {
  takes: 'an array of bytes',
  compile(field) {
    if (!isByteArray(field)) return undefined;
    const { offset } = field;
    const limit = offset + field.size;
    return { decode: (bytes) => printable(bytes, offset, limit) };
  },
};
