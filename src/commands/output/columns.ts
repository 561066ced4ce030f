import { alignedCells } from '../../aligned_cells.js';

/** A column is not padded to more than this: longer texts push only their own line. */
const widest = 60;

/**
 * Lines of aligned columns, indented by two spaces. The last column is not padded.
 * @param rows texts without line breaks, or with them in the last column: its further lines are indented like its first
 */
export function columns(rows: readonly (readonly string[])[]): string[] {
  // The last column is not padded, and may have several lines.
  const padded = alignedCells(
    rows.map((row) => row.slice(0, -1)),
    { widest },
  );
  return rows.flatMap((row, index) => {
    const start = ['', ...padded[index]!, ''].join('  ').slice(0, -2);
    const [first = '', ...more] = (row.at(-1) ?? '').split('\n');
    const indent = ' '.repeat(start.length + 2);
    return [`${start}  ${first}`.trimEnd(), ...more.map((text) => indent + text)];
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
