import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of the repository, found upwards: compiled benchmarks lie deeper than their sources. */
export const root = repositoryOf(import.meta.dirname);

/** The folder of programs and objects that the benchmarks compile. */
export const output = join(root, 'build/bench');

function repositoryOf(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : repositoryOf(dirname(folder));
}
