/**
 * Tag of a PromQL template over several lines. Removes the indentation of the source; an expression of several lines that is
 * inserted at the beginning of a line keeps that line's indentation.
 */
export function promql(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  let text = parts.raw[0]!;
  values.forEach((value, index) => {
    const indentation = /(?:^|\n)([ ]*)$/.exec(text)?.[1] ?? '';
    text += String(value).replaceAll('\n', `\n${indentation}`) + parts.raw[index + 1]!;
  });
  const lines = text.replace(/^\n/, '').trimEnd().split('\n');
  const depth = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(depth)).join('\n');
}

/** Text cut into lines of at most `width` characters, at spaces. A longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A text that begins a sentence. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
