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
    section('What is different now, also at the top of each file', byNote(written)),
    `Next, as root: ${paint('bold', next)}\n`,
  ]);
}

const noted = (source: string, notes: readonly string[]) => [`  ${source}`, ...notes.map((note) => `    - ${note}`)];
/** Each note with the files that it is about. */
function byNote(files: readonly WrittenFile[]): string[] {
  const sources = new Map<string, string[]>();
  for (const { source, notes } of files)
    for (const note of notes) sources.set(note, [...(sources.get(note) ?? []), source.replace(/[.]ya?ml$/, '')]);
  return [...sources].flatMap(([note, names]) => [`  - ${note}`, ...wrapped(names).map((line) => `      ${line}`)]);
}

/** Names in lines that fit a terminal. */
function wrapped(names: readonly string[]): string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length < 70) lines[lines.length - 1] = `${last}, ${name}`;
    else lines.push(name);
  }
  return lines;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
