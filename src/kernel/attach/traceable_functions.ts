import { readFileSync } from 'node:fs';
import { matchesPattern } from './name_pattern.js';

const files = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'].map(
  (folder) => `${folder}/available_filter_functions`,
);

/** Functions that the kernel lets be traced, those of modules included; undefined if it does not say: tracefs is not mounted. */
export function traceableFunctions(): ReadonlySet<string> | undefined {
  for (const file of files) {
    try {
      const lines = readFileSync(file, 'latin1').split('\n');
      // "NAME", or "NAME [MODULE]".
      return new Set(lines.map((line) => line.split(' ', 1)[0]!).filter((name) => name !== ''));
    } catch {
      // Not mounted there, or no right to read it.
    }
  }
  return undefined;
}

/**
 * The traceable functions that match a pattern, sorted. A pattern of libbpf may match others, too, and then nothing is attached:
 * libbpf 1.1 looks in kallsyms.
 * @returns undefined if the kernel does not say which functions it lets be traced
 */
export function traceableFunctionsOf(pattern: string): string[] | undefined {
  const all = traceableFunctions();
  return all && [...all].filter((name) => matchesPattern(pattern, name)).sort();
}
