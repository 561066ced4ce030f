import type { DecoderSpec } from '../../config/probe_schema.js';
import type { DecodeContext } from '../context.js';
import type { Integer } from '../integer.js';
import { type Decoder, integerDecoder, perContext } from './decoder.js';

/** The names of one enum of the running kernel. They are the same for as long as the kernel runs, and are kept. */
class KernelEnum {
  private names: ReadonlyMap<Integer, string> | undefined;
  private loading: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly context: DecodeContext,
  ) {}

  nameOf(integer: Integer): string | undefined {
    return this.names?.get(integer);
  }

  load(): Promise<void> | undefined {
    if (this.names !== undefined) return undefined;
    this.loading ??= this.read();
    return this.loading;
  }

  private async read(): Promise<void> {
    const enumerators = (await this.context.kernelEnum(this.name)) ?? [];
    // Of several names of one number the first, as with the enums of the object.
    this.names = new Map(enumerators.map(([name, value]) => [value, name] as const).reverse());
  }
}

const enums = perContext((context) => {
  const known = new Map<string, KernelEnum>();
  return (name: string): KernelEnum => {
    const found = known.get(name) ?? new KernelEnum(name, context);
    known.set(name, found);
    return found;
  };
});

/** What it takes, whichever enum it is made for. */
export const kernelEnumTakes = 'an integer or enum';

/**
 * The name that the running kernel has for a number, which need not be the one that the object was compiled with; decimal
 * digits for a number without one.
 */
export function kernelEnum({ name, strip }: Extract<DecoderSpec, { kind: 'kernel_enum' }>): Decoder {
  const word = (context: DecodeContext) => {
    const names = enums(context)(name);
    return (integer: Integer): string => {
      const found = names.nameOf(integer);
      if (found === undefined) return String(integer);
      return found.startsWith(strip) ? found.slice(strip.length) : found;
    };
  };
  return { ...integerDecoder(kernelEnumTakes, word), prepare: (context) => enums(context)(name).load() };
}
