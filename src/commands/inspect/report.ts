/** A BPF object as text for people. */
import type { Layout } from '../../decode/layout.js';
import { listFields } from '../../decode/layout_text.js';
import { columns, section, sections } from '../output/columns.js';
import type { Paint } from '../output/paint.js';
import { wrapped } from '../output/wrapped.js';
import type { ObjectMap, ObjectParts } from './object_parts.js';
import { type MapProposal, ofLibrary } from './proposal.js';

interface Style {
  readonly paint: Paint;
  /** Characters of a line. */
  readonly width: number;
}

/** @param file the proposed probe file; undefined if no map has a metric */
export function inspectReport(
  parts: ObjectParts,
  proposals: readonly MapProposal[],
  file: string | undefined,
  next: string,
  { paint, width }: Style,
): string {
  const { path, programs, maps } = parts;
  const left = proposals.flatMap(({ map, reason }) => (reason === null || ofLibrary.test(map) ? [] : [[map, reason]]));
  const own = maps.filter(({ name }) => !ofLibrary.test(name));
  return sections([
    `${paint('bold', path)}\n`,
    section(
      'Programs',
      columns(
        programs.map(({ name, section, kind, missing, problem }) => [
          section,
          name,
          problem ?? (missing === null ? (kind ?? '') : `${kind}: say ${missing.what}`),
        ]),
      ),
    ),
    section(
      `Maps${own.length < maps.length ? ` (and ${maps.length - own.length} that the exporter reads itself)` : ''}`,
      own.flatMap((map) => mapLines(map, width)),
    ),
    section('Without a proposal', columns(left, width)),
    file === undefined
      ? ''
      : section(
          'Proposed probe file',
          file
            .trimEnd()
            .split('\n')
            .map((line) => `  ${line}`),
        ),
    `Next: ${paint('bold', next)}\n`,
  ]);
}

function mapLines(
  { name, type, maxEntries, key, value, problem, keySize, valueSize }: ObjectMap,
  width: number,
): string[] {
  const entries = `${maxEntries} ${maxEntries === 1 ? 'entry' : 'entries'}`;
  const parts: [string, string][] = [
    ['key', problem ?? layoutText(key, keySize)],
    ['value', layoutText(value, valueSize)],
  ];
  const shown = parts.filter(([, text]) => text !== '');
  return [
    `  ${name}: ${type}, ${entries}`,
    ...shown.flatMap(([part, text]) => wrapped(text, width, `    ${part.padEnd(5)}  `)),
  ];
}

function layoutText(layout: Layout | undefined, bytes: number): string {
  if (layout === undefined) return bytes === 0 ? '' : `${bytes} bytes without a type`;
  const fields = listFields(layout);
  return fields.length === 0 ? layout.type : `${layout.type}: ${fields.join(', ')}`;
}
