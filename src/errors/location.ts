/** A place in a text file. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The source line, so that a caret can be drawn under the column. */
  readonly excerpt?: string;
}

const excerptWidth = 120;

/** The source line cut to what fits around the column, without control characters, and the caret under the column; none without an excerpt. */
export function excerptLines({ excerpt, column }: Location): string[] {
  if (excerpt === undefined) return [];
  // Tabs would shift the caret, and escape sequences are for terminals only when we send them.
  const line = excerpt.replace(/\p{Cc}/gu, ' ');
  const start = column > excerptWidth ? column - excerptWidth / 2 : 0;
  const end = start + excerptWidth;
  // A character of two code units may lie across the cut.
  const part = line.slice(start, end).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, ' ');
  const shown = `${start > 0 ? '…' : ''}${part}${line.length > end ? '…' : ''}`;
  return [shown, `${' '.repeat(Math.max(0, column - 1 - start) + (start > 0 ? 1 : 0))}^`];
}
