import { readFileSync } from 'node:fs';
import { matchesPattern } from './name_pattern.js';

export interface FunctionFiles {
  /** Where tracefs has `available_filter_functions`; the first that can be read counts. */
  readonly lists: readonly string[];
  /** In the format of /proc/kallsyms. */
  readonly symbols: string;
}

const ofThisKernel: FunctionFiles = {
  lists: ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'].map((root) => `${root}/available_filter_functions`),
  symbols: '/proc/kallsyms',
};

/**
 * Functions that the kernel lets be traced, those of modules included, and their addresses; an empty one is not known. The kernel lists one
 * name of a function: others, such as `__x64_sys_getppid` of `__do_sys_getppid`, are those with the same address.
 * @returns undefined if the kernel does not say: tracefs is not mounted
 */
export function traceableFunctions(files = ofThisKernel): ReadonlyMap<string, string> | undefined {
  const listed = listedIn(files.lists);
  if (listed === undefined) return undefined;
  const found = new Map(listed.map((name) => [name, '']));
  const symbols = symbolsIn(files.symbols);
  const traceable = new Set(symbols.flatMap(([address, name]) => (found.has(name) ? [address] : [])));
  for (const [address, name] of symbols) if (traceable.has(address)) found.set(name, address);
  return found;
}

/**
 * One name of each traceable function that matches a pattern, sorted. A pattern of libbpf may match others, too, and then nothing is
 * attached: libbpf 1.1 looks in kallsyms.
 * @returns undefined if the kernel does not say which functions it lets be traced
 */
export function traceableFunctionsOf(pattern: string, files = ofThisKernel): string[] | undefined {
  const all = traceableFunctions(files);
  if (all === undefined) return undefined;
  const taken = new Set<string>();
  return [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, address]) => {
      if (!matchesPattern(pattern, name) || taken.has(address)) return [];
      if (address !== '') taken.add(address);
      return [name];
    });
}

/** Lines are `NAME` or `NAME [MODULE]`. */
function listedIn(files: readonly string[]): string[] | undefined {
  for (const file of files) {
    try {
      const lines = readFileSync(file, 'latin1').split('\n');
      return lines.map((line) => line.split(' ', 1)[0]!).filter((name) => name !== '');
    } catch {
      // Not mounted there, or no right to read it.
    }
  }
  return undefined;
}

/** Addresses and names of functions. None if addresses are hidden from this process. */
function symbolsIn(file: string): (readonly [address: string, name: string])[] {
  try {
    const lines = readFileSync(file, 'latin1').matchAll(/^(?!0+ )([0-9a-f]+) [tTwW] ([^\s[]+)/gm);
    return Array.from(lines, ([, address, name]) => [address!, name!] as const);
  } catch {
    return [];
  }
}
