/** Cells of tables for terminals. */

const lengthOf = (text: string) => [...text].length;

/**
 * Pads the cells of rows, so that columns begin at the same place.
 * @param widest a column is not padded to more than this: longer texts push only their own line
 * @param isRight whether a column is aligned to the right, by its index
 */
export function alignedCells(
  rows: readonly (readonly string[])[],
  { widest = Number.POSITIVE_INFINITY, isRight }: { widest?: number; isRight?: (column: number) => boolean } = {},
): string[][] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, text] of row.entries())
      widths[column] = Math.min(widest, Math.max(widths[column] ?? 0, lengthOf(text)));
  }
  return rows.map((row) =>
    row.map((text, column) => {
      const padding = ' '.repeat(Math.max(0, widths[column]! - lengthOf(text)));
      return isRight?.(column) ? padding + text : text + padding;
    }),
  );
}
