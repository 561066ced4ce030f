import type { DecoderSpec } from '../../config/probe_schema.js';
import { type Decoder, integerDecoder } from '../decoder.js';
import { kernelEnums } from '../names/kernel_enums.js';

type Settings = Extract<DecoderSpec, { kind: 'kernel_enum' }>;

const byName = integerDecoder<Settings>('an integer or enum', (context, { name, strip }) => {
  const names = kernelEnums(context).get(name);
  return (integer) => {
    const found = names.nameOf(integer);
    if (found === undefined) return String(integer);
    return found.startsWith(strip) ? found.slice(strip.length) : found;
  };
});

/**
 * The name that the running kernel has for a number, which may differ from the one the object was compiled with; decimal
 * digits for a number without one.
 */
export const kernelEnum: Decoder<Settings> = {
  takes: byName.takes,
  compile(field, context, settings) {
    const compiled = byName.compile(field, context, settings);
    return compiled && { ...compiled, prepare: () => kernelEnums(context).get(settings.name).load() };
  },
};
