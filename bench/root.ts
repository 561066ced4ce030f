import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository: compiled benchmarks lie deeper in it than their sources. */
export const root = repositoryOf(import.meta.dirname);

/** Where what the benchmarks compile for themselves lies. */
export const output = join(root, 'build/bench');

function repositoryOf(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : repositoryOf(dirname(folder));
}
