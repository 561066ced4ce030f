import { escapedByte } from '../../visible_text.js';
import type { Decoder } from '../decoder.js';
import { isByteArray } from '../names/raw_bytes.js';

/** RFC 1035; a larger number is a pointer into a message, which the field does not have. */
const longestLabel = 63;

/**
 * A domain name in DNS wire format, in lower case, because DNS ignores the case: `www.example.com`, and `.` for the root. Dots in a
 * label and all bytes that are not visible ASCII become `\xNN`. A name that does not end inside the field, or is malformed, ends
 * in `…`.
 */
export const dname: Decoder = {
  takes: 'an array of bytes',
  compile(field) {
    if (!isByteArray(field)) return undefined;
    const { offset } = field;
    const end = offset + field.size;
    return { decode: (bytes) => nameIn(bytes, offset, end), textLimit: 255 };
  },
};

function nameIn(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; ) {
    const length = bytes[at++]!;
    if (length === 0) return text === '' ? '.' : text;
    if (length > longestLabel) break;
    if (text !== '') text += '.';
    for (const last = Math.min(at + length, end); at < last; at++) text += characters[bytes[at]!]!;
  }
  return `${text}…`;
}

const characters = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return /^[!-~]$/.test(character) && character !== '.' && character !== '\\'
    ? character.toLowerCase()
    : escapedByte(byte);
});
