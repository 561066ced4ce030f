import { afterEach, beforeEach } from 'vitest';
import type { DecoderSpec } from '../../src/config/probe_schema.js';
import type { FieldSurroundings } from '../../src/decode/decoded_field.js';
import { compileChain, type DecoderChain } from '../../src/decode/decoder_chain.js';
import type { Layout } from '../../src/decode/layout.js';
import { FakeContext } from './probe_context.js';

type Specs = readonly (DecoderSpec | DecoderSpec['kind'])[];

/** Decodes fields of made-up layouts. Every test of the file has a context of its own. */
export class Decoding {
  context!: FakeContext;

  constructor() {
    beforeEach(() => {
      this.context = new FakeContext();
    });
    afterEach(() => this.context.remove());
  }

  /** Compiles the decoders of a field that starts at `offset`. Other fields and maps of stacks are those of `others`. */
  readonly compile = (
    layout: Layout,
    specs?: Specs,
    offset = 0,
    others: Partial<FieldSurroundings> = {},
  ): DecoderChain => {
    const steps = specs?.map((spec) => (typeof spec === 'string' ? ({ kind: spec } as DecoderSpec) : spec));
    const selected = { title: 'field "f" of the key of map "m"', layout, offset };
    return compileChain(
      'label',
      selected,
      offset + layout.size,
      steps,
      this.context,
      () => undefined,
      () => ({
        field: unexpected,
        stacks: unexpected,
        ...others,
      }),
    );
  };

  /** Decodes a field that lies behind three other bytes. */
  readonly decode = (layout: Layout, bytes: Uint8Array, specs?: Specs): string | undefined =>
    this.compile(layout, specs, 3).decode(Uint8Array.from([0xaa, 0xaa, 0xaa, ...bytes]));
}

function unexpected(name: string): never {
  throw new Error(`the test has no ${name}`);
}

/** Little-endian bytes of an integer, as on every machine these tests run on. */
export function le(value: number | bigint, size: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  return Uint8Array.from({ length: size }, () => {
    const byte = Number(rest & 0xffn);
    rest >>= 8n;
    return byte;
  });
}

/** Text or bytes, padded with zeros to `size`. */
export function text(value: string | readonly number[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(typeof value === 'string' ? Buffer.from(value) : value);
  return bytes;
}
