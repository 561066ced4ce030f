import type { Decoder } from '../decoder.js';

/** The enumerator's name; decimal digits for a number without one. */
export const enumeration: Decoder = {
  takes: 'an enum',
  compile(field) {
    const { layout } = field;
    const read = field.integer();
    if (layout.kind !== 'enum' || read === undefined) return undefined;
    const { names } = layout;
    return {
      decode: (bytes) => {
        const integer = read(bytes);
        return names.get(integer) ?? String(integer);
      },
    };
  },
};
