import type { PlainDecoderSpec } from '../../config/decoder_schema.js';
import type { Decoder } from '../decoder.js';
import type { Integer } from '../integer.js';
import { symbolTable } from '../names/symbol_table.js';
import { integerReader } from '../number_field.js';

/** As many as the kernel collects by default. */
const frameLimit = 127;

/**
 * The functions of a kernel stack, the innermost first, with `;` between them. The field holds the addresses that bpf_get_stack
 * stores; the first zero ends them.
 */
export const kstack: Decoder<PlainDecoderSpec> = {
  takes: 'an array whose size is a multiple of 8 bytes',
  compile({ layout, offset, size }, context, { separator = ';' }) {
    if (layout.kind !== 'array' || size === 0 || size % 8 !== 0) return undefined;
    const readers = Array.from({ length: Math.min(size / 8, frameLimit) }, (_, i) =>
      integerReader({ offset: offset + 8 * i, size: 8, signed: false }),
    );
    const framesOf = (bytes: Uint8Array): Integer[] => {
      const frames: Integer[] = [];
      for (const read of readers) {
        const address = read(bytes);
        if (BigInt(address) === 0n) break;
        // All but the innermost are return addresses: a call that never returns may be the last instruction of its function.
        frames.push(frames.length === 0 ? address : BigInt(address) - 1n);
      }
      return frames;
    };
    const table = symbolTable(context);
    return {
      textLimit: 2048,
      announce: (bytes) => {
        for (const address of framesOf(bytes)) table.want(address);
      },
      prepare: () => table.load(),
      decode: (bytes) =>
        framesOf(bytes)
          .map((address) => table.nameOf(address))
          .join(separator),
    };
  },
};
