import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { visible } from '../../visible_text.js';
import type { DecodeContext } from '../context.js';
import { type Decoder, integerDecoder } from '../decoder.js';
import { perContext } from '../per_context.js';
import { ExpiringCache } from './expiring_cache.js';

const cacheSize = 4096;
// The number of an unplugged device may be reused.
const maxAgeMs = 10_000;

const caches = perContext(({ now }) => new ExpiringCache<string, string>(cacheSize, maxAgeMs, now));

/**
 * A decoder of device numbers.
 * @param split the major and minor number of an encoded number
 */
export function deviceDecoder(split: (encoded: number) => readonly [major: number, minor: number]): Decoder {
  return integerDecoder(
    'an integer',
    (context) => {
      const cache = caches(context);
      const find = (numbers: string) => nameOf(numbers, context);
      return (integer) => cache.get(split(Number(integer)).join(':'), find);
    },
    false,
  );
}

function nameOf(numbers: string, { roots }: DecodeContext): string {
  try {
    // sysfs writes a slash in a name as "!": cciss!c0d0.
    return visible(basename(readlinkSync(join(roots.sys, 'dev/block', numbers))).replaceAll('!', '/'));
  } catch {
    return numbers;
  }
}
