/** Names of consecutive numbers: the first number, and the names separated by white space. */
export type NameRun = readonly [first: number, names: string];

/** Unpacks runs into an array of names by number. Numbers without a name are undefined. */
export function namesByNumber(...tables: readonly (readonly NameRun[])[]): readonly (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (const [first, run] of tables.flat()) {
    for (const [index, name] of run.split(/\s+/).entries()) names[first + index] = name;
  }
  return names;
}
