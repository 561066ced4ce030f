import { alignedCells } from '../../aligned_cells.js';
import { wrapped } from './wrapped.js';

/** A column is not padded to more than this: longer texts push only their own line. */
const widest = 60;
/** A last column that is narrower is not broken: it would have a word per line. */
const narrowest = 16;

/**
 * Lines of aligned columns, indented by two spaces. The last column is not padded.
 * @param rows texts without line breaks, or with them in the last column: its further lines are indented like its first
 * @param width of a line, above which the last column is broken
 */
export function columns(rows: readonly (readonly string[])[], width?: number): string[] {
  return columnRows(rows, width).flat();
}

/** The same, with the lines of each row on their own. */
export function columnRows(rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY): string[][] {
  // The last column is not padded, and may have several lines.
  const padded = alignedCells(
    rows.map((row) => row.slice(0, -1)),
    { widest },
  );
  return rows.map((row, index) => {
    const start = ['', ...padded[index]!, ''].join('  ');
    const rest = width - start.length;
    const texts = (row.at(-1) ?? '').split('\n');
    const [first = '', ...more] = rest < narrowest ? texts : texts.flatMap((text) => wrapped(text, rest));
    const indent = ' '.repeat(start.length);
    return [`${start}${first}`.trimEnd(), ...more.map((text) => indent + text)];
  });
}

/** A title with its lines; nothing if there are none. */
export function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.join('\n')}\n`;
}

/** Sections with an empty line between them. */
export function sections(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}
