/** What printf() of a script writes. */
import { escapedBytes, type Shown, shownText } from './shown_value.js';

const widths: Readonly<Record<string, number>> = { hh: 8, h: 16, '': 32, l: 64, ll: 64, j: 64, z: 64, t: 64 };

/** @param values of the arguments in their order */
export function printfText(format: string, values: readonly Shown[]): string {
  let next = 0;
  return format.replace(
    /%(?:%|([-+ #0']*)(\d*)(?:\.(\d+))?(hh|h|ll|l|j|z|t)?(r[xh]?|[a-zA-Z]))/g,
    (whole, flags, width, precision, length, kind) => {
      if (whole === '%%') return '%';
      const value = values[next++];
      if (value === undefined) throw new Error(`${whole} has no argument`);
      return padded(written(value, kind, length ?? '', flags, precision), flags, width, kind);
    },
  );
}

function written(value: Shown, kind: string, length: string, flags: string, precision: string | undefined): string {
  if (kind === 's') {
    const text = shownText(value);
    return precision === undefined ? text : text.slice(0, Number(precision));
  }
  if (kind.startsWith('r') && value.kind === 'text') {
    const hex = [...value.bytes].map((byte) => byte.toString(16).padStart(2, '0'));
    if (kind === 'rh') return hex.join(' ');
    return kind === 'rx' ? hex.map((byte) => `\\x${byte}`).join('') : escapedBytes(value.bytes);
  }
  const number = numberOf(value);
  if (number === undefined) return shownText(value);
  const bits = widths[length]!;
  const isPlain = kind === 'd' || kind === 'i' || kind === 'u';
  // Without a length, decimal numbers have all bits of their type; other bases have those of int.
  const width = isPlain && length === '' ? 64 : bits;
  const digits = (radix: number) => BigInt.asUintN(width, number).toString(radix);
  switch (kind) {
    case 'd':
    case 'i': {
      const signed = BigInt.asIntN(width, number);
      return flags.includes('+') && signed >= 0n ? `+${signed}` : String(signed);
    }
    case 'u':
      return digits(10);
    case 'x':
      return `${flags.includes('#') ? '0x' : ''}${digits(16)}`;
    case 'X':
      return `${flags.includes('#') ? '0X' : ''}${digits(16).toUpperCase()}`;
    case 'o':
      return digits(8);
    case 'p':
      return `0x${BigInt.asUintN(64, number).toString(16)}`;
    case 'c':
      return String.fromCharCode(Number(BigInt.asUintN(8, number)));
    default:
      throw new Error(`%${kind} is not known`);
  }
}

function numberOf(value: Shown): bigint | undefined {
  if (value.kind === 'number' || value.kind === 'pointer') return value.value;
  // A number that has a name: an enumerator, an error.
  return value.kind === 'text' && value.bytes.length === 8 ? value.bytes.readBigInt64LE() : undefined;
}

function padded(text: string, flags: string, width: string, kind: string): string {
  const length = Number(width === '' ? 0 : width);
  if (flags.includes('-')) return text.padEnd(length);
  if (!flags.includes('0') || kind === 's') return text.padStart(length);
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(length - sign.length, '0');
}
