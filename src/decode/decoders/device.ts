import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DecodeContext } from '../context.js';
import { integerDecoder, perContext } from './decoder.js';
import { ExpiringCache } from './expiring_cache.js';

const cacheSize = 4096;
// Numbers of unplugged devices are given to others.
const maxAgeMs = 10_000;
const minorBits = 20;

const caches = perContext(({ now }) => new ExpiringCache<number, string>(cacheSize, maxAgeMs, now));

/**
 * The name of a block device, as in /proc/diskstats: `sda1`, `dm-0`. `8:1` when there is no such device. The field is the
 * kernel's own dev_t: 12 bits of major number above 20 bits of minor number, not what stat(2) shows.
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
    // In sysfs a slash of the name is written as "!": cciss!c0d0.
    return basename(readlinkSync(join(roots.sys, 'dev/block', numbers))).replaceAll('!', '/');
  } catch {
    return numbers;
  }
}
