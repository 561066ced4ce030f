/** Structs, unions and arrays of C, as bpftrace writes them. */
import { type CType, isText, type Member, sizeOf } from '../../../src/script/resolve/c_type.js';

export function objectText(type: CType, bytes: Buffer): string {
  switch (type.kind) {
    case 'integer': {
      const value = numberAt(bytes, 8 * type.bytes, 0, type.isSigned);
      if (type.isBoolean) return String(value !== 0n);
      return type.names?.[String(value)] ?? String(value);
    }
    case 'pointer':
      return `0x${bytes.readBigUInt64LE().toString(16)}`;
    case 'array': {
      if (isText(type)) {
        const end = bytes.subarray(0, type.count).indexOf(0);
        return bytes.toString('utf8', 0, end < 0 ? type.count : end);
      }
      const size = sizeOf(type.element);
      const elements = Array.from({ length: type.count }, (_, index) =>
        objectText(type.element, bytes.subarray(index * size)),
      );
      return `[${elements.join(',')}]`;
    }
    case 'record':
      return `{ ${type.members.map((member) => `.${member.name} = ${memberText(member, bytes)}`).join(', ')} }`;
    default:
      return '';
  }
}

function memberText({ type, offset, bits }: Member, bytes: Buffer): string {
  const own = bytes.subarray(offset);
  if (bits === undefined || type.kind !== 'integer') return objectText(type, own);
  return String(numberAt(own, bits.width, bits.shift, type.isSigned));
}

function numberAt(bytes: Buffer, width: number, shift: number, isSigned: boolean): bigint {
  const padded = Buffer.alloc(16);
  bytes.copy(padded, 0, 0, 16);
  const whole = padded.readBigUInt64LE() | (padded.readBigUInt64LE(8) << 64n);
  const cut = whole >> BigInt(shift);
  return isSigned ? BigInt.asIntN(width, cut) : BigInt.asUintN(width, cut);
}
