import type { Run } from './syscall_names.js';

/** Unpacks runs of names into an array by number. Gaps are undefined. */
export function namesByNumber(...tables: readonly (readonly Run[])[]): readonly (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (const [first, run] of tables.flat()) {
    for (const [index, name] of run.split(/\s+/).entries()) names[first + index] = name;
  }
  return names;
}
