import { escapedByte, showHidden } from '../visible_text.js';

const backslash = 0x5c;
const letterX = 0x78;

/** The text of bytes up to `limit` or the first NUL. Most names are short ASCII: this loop handles them without UTF-8 decoding. */
export function printable(bytes: Uint8Array, from: number, limit: number): string {
  let text = '';
  for (let at = from; at < limit; at++) {
    const byte = bytes[at]!;
    if (byte === 0) return text;
    if (byte >= 0x80 || byte === backslash) return text + decodeUtf8(bytes, at, limit);
    text += ascii[byte]!;
  }
  return text;
}

const ascii = Array.from({ length: 128 }, (_, code) => showHidden(String.fromCharCode(code)));

function decodeUtf8(bytes: Uint8Array, from: number, limit: number): string {
  let text = '';
  for (let at = from; at < limit; ) {
    const byte = bytes[at]!;
    if (byte === 0) break;
    if (byte < 0x80) {
      text += byte === backslash && at + 1 < limit && bytes[at + 1] === letterX ? '\\x5c' : ascii[byte]!;
      at++;
      continue;
    }
    const length = sequenceLength(bytes, at, limit);
    if (length === 0) {
      text += escapedByte(byte);
      at++;
    } else {
      text += String.fromCodePoint(codePoint(bytes, at, length));
      at += length;
    }
  }
  return showHidden(text);
}

/** Length of the well-formed sequence of two to four bytes at `at` (Unicode, table 3-7); 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number, limit: number): number {
  const lead = bytes[at]!;
  const length =
    lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > limit) return 0;
  const second = bytes[at + 1]!;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  let point = bytes[at]! & (0x7f >> length);
  for (let i = 1; i < length; i++) point = (point << 6) | (bytes[at + i]! & 0x3f);
  return point;
}
