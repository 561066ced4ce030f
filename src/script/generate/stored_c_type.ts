import type { ValueType } from '../check/value_type.js';
import { type CType, character, integer, pointerTo } from '../resolve/c_type.js';

/** How C sees what a variable holds. Undefined: C has no such type. */
export function typeInMemory(type: ValueType): CType | undefined {
  switch (type.kind) {
    case 'integer':
      return integer(type.bytes, type.isSigned);
    case 'pointer':
      return pointerTo(type.to);
    case 'text':
      return { kind: 'array', element: character, count: type.bytes };
    case 'bytes':
      return type.of ?? { kind: 'array', element: integer(1, false), count: type.bytes };
    default:
      return undefined;
  }
}
