import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DecodeContext } from '../context.js';
import { integerDecoder } from '../decoder.js';
import { ExpiringCache } from '../names/expiring_cache.js';
import { perContext } from '../per_context.js';

const cacheSize = 4096;
// The number of an unplugged device may be reused.
const maxAgeMs = 10_000;
const minorBits = 20;

const caches = perContext(({ now }) => new ExpiringCache<number, string>(cacheSize, maxAgeMs, now));

/**
 * The name of a block device, as in /proc/diskstats: `sda1`, `dm-0`. `8:1` when there is no such device. The field is
 * the kernel's own dev_t, 12 bits of major above 20 bits of minor number, not the encoding of stat(2).
 */
export const device = integerDecoder(
  'an integer',
  (context) => {
    const cache = caches(context);
    const find = (number: number) => nameOf(number, context);
    return (integer) => cache.get(Number(integer), find);
  },
  false,
);

function nameOf(number: number, { roots }: DecodeContext): string {
  const major = Math.floor(number / 2 ** minorBits);
  const numbers = `${major}:${number % 2 ** minorBits}`;
  try {
    // sysfs writes a slash in a name as "!": cciss!c0d0.
    return basename(readlinkSync(join(roots.sys, 'dev/block', numbers))).replaceAll('!', '/');
  } catch {
    return numbers;
  }
}
