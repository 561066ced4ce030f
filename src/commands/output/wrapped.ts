/** Lines that fit a terminal. */
const defaultWidth = 80;
/** A narrower terminal gets lines that are too long, rather than one word per line. */
const leastWidth = 40;

/** Characters of a line on a stream: those of the terminal, or 80. */
export function widthOf(stream: { readonly isTTY?: boolean; readonly columns?: number }): number {
  const columns = stream.isTTY === true ? (stream.columns ?? defaultWidth) : defaultWidth;
  return columns === 0 ? defaultWidth : Math.max(leastWidth, columns);
}

/** The same for tables: a line that goes to a file or a pipe is not broken, because another program may read it. */
export function tableWidthOf(stream: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return stream.isTTY === true ? widthOf(stream) : Number.POSITIVE_INFINITY;
}

/**
 * Breaks a text between words. A word that is longer than a line stays whole.
 * @param width characters of a line at most, with its indent
 * @param first before the first line
 * @param indent before the others
 */
export function wrapped(text: string, width: number, first = '', indent = ' '.repeat(first.length)): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && [...line, ' ', ...word].length > width) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
