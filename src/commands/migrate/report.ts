/** What a migration did, as text for people. */
import { columns, section, sections } from '../output/columns.js';
import type { Paint } from '../output/paint.js';
import type { WrittenFile } from './files.js';

/** @param next the command to type next */
export function migrationReport(folder: string, files: readonly WrittenFile[], next: string, paint: Paint): string {
  const written = files.filter(({ file }) => file !== null);
  const left = files.filter(({ file }) => file === null);
  const before = sum(written.map(({ lines }) => lines.before));
  const after = sum(written.map(({ lines }) => lines.after));
  return sections([
    `${paint('bold', `Wrote ${count(written.length, 'probe')} to ${folder}`)}: ${count(before, 'line')} of YAML became ${after}\n`,
    section(
      'Probes',
      columns(
        written.map(({ file, metrics, runs }) => [
          file!,
          count(metrics.length, 'metric'),
          runs ? '' : 'not in the main file',
        ]),
      ),
    ),
    section(
      'Not written',
      left.flatMap(({ source, notes }) => noted(source, notes.length === 0 ? ['it has no metrics'] : notes)),
    ),
    section(
      'What is different now, also at the top of each file',
      written.flatMap(({ source, notes }) => (notes.length === 0 ? [] : noted(source, notes))),
    ),
    `Next, as root: ${paint('bold', next)}\n`,
  ]);
}

const noted = (source: string, notes: readonly string[]) => [`  ${source}`, ...notes.map((note) => `    - ${note}`)];
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
