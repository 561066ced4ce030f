/** A column is not padded to more than this: longer texts push only their own line. */
const widest = 60;

/**
 * Lines of aligned columns, indented by two spaces. The last column is not padded.
 * @param rows texts without line breaks, or with them in the last column: its further lines are indented like its first
 */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, text] of row.entries()) {
      widths[index] = Math.min(widest, Math.max(widths[index] ?? 0, text.length));
    }
  }
  return rows.flatMap((row) => {
    const left = row.slice(0, -1).map((text, index) => text.padEnd(widths[index]!));
    const start = ['', ...left, ''].join('  ').slice(0, -2);
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
