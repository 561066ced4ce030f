/** A place in a text file. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The source line. */
  readonly excerpt?: string;
}

const excerptWidth = 120;

/** The source line, cut around the column and without control characters, and a line with the caret. Empty without an excerpt. */
export function excerptLines({ excerpt, column }: Location): string[] {
  if (excerpt === undefined) return [];
  // Tabs would shift the caret; escape sequences of a file must not reach the terminal.
  const line = excerpt.replace(/\p{Cc}/gu, ' ');
  const start = column > excerptWidth ? column - excerptWidth / 2 : 0;
  const end = start + excerptWidth;
  // The cut may split a surrogate pair.
  const part = line.slice(start, end).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, ' ');
  const shown = `${start > 0 ? '…' : ''}${part}${line.length > end ? '…' : ''}`;
  return [shown, `${' '.repeat(Math.max(0, column - 1 - start) + (start > 0 ? 1 : 0))}^`];
}
