import { readFileSync } from 'node:fs';

/**
 * Addresses of kernel symbols in a file in the format of /proc/kallsyms. Symbols without an address, or whose address is hidden,
 * are left out. Symbols of modules do not count.
 */
export function kernelAddresses(path: string, names: ReadonlySet<string>): Map<string, bigint> {
  const found = new Map<string, bigint>();
  if (names.size === 0) return found;
  for (const [, address, name] of readFileSync(path, 'latin1').matchAll(/^([0-9a-f]{1,16}) \S (\S+)$/gm)) {
    if (!names.has(name!)) continue;
    const number = BigInt(`0x${address}`);
    if (number !== 0n) found.set(name!, number);
  }
  return found;
}
