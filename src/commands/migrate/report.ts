/** What a migration did, as text for people. */
import { columns, section, sections } from '../output/columns.js';
import type { Paint } from '../output/paint.js';
import { wrapped } from '../output/wrapped.js';
import type { WrittenFile } from './files.js';

interface Style {
  readonly paint: Paint;
  /** Characters of a line. Commands and names of files are not broken. */
  readonly width: number;
}

const ofAll =
  'A program that cannot be attached makes its probe unsupported. List those that a probe can do without under `programs.optional` of its file.';

/** @param next the command to type next */
export function migrationReport(
  folder: string,
  files: readonly WrittenFile[],
  next: string,
  { paint, width }: Style,
): string {
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
      left.flatMap(({ source, notes }) => noted(source, notes.length === 0 ? ['it has no metrics'] : notes, width)),
    ),
    section('What is different now, also at the top of each file', byNote(written, width)),
    written.length === 0 ? '' : section('What is different in all of them', wrapped(ofAll, width, '  ')),
    `Next, as root: ${paint('bold', next)}\n`,
  ]);
}

const noted = (source: string, notes: readonly string[], width: number) => [
  `  ${source}`,
  ...notes.flatMap((note) => wrapped(note, width, '    - ')),
];

/** Each note with the files that it is about. */
function byNote(files: readonly WrittenFile[], width: number): string[] {
  const sources = new Map<string, string[]>();
  for (const { source, notes } of files)
    for (const note of notes) sources.set(note, [...(sources.get(note) ?? []), source.replace(/[.]ya?ml$/, '')]);
  return [...sources].flatMap(([note, names]) => [
    ...wrapped(note, width, '  - '),
    ...wrapped(names.join(', '), width, '      '),
  ]);
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
