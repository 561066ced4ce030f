import type { SourceMap } from './source_map.js';

/**
 * The script in a YAML file with its lines and columns as they are in the file: all else is blank. Folded text and text with escapes keeps
 * its first line only.
 * @param script as YAML reads it
 */
export function scriptInPlace(script: string, places: SourceMap): string {
  const { line, column } = places.locate(['script']);
  const lines = places.text.split('\n');
  const written = lines[line - 1]!.slice(column - 1);
  if (!written.startsWith('|')) {
    const quote = /^["']/.test(written) ? 1 : 0;
    return `${'\n'.repeat(line - 1)}${' '.repeat(column - 1 + quote)}${script}`;
  }
  const first = lines.findIndex((text, index) => index >= line && text.trim() !== '');
  const indent = first < 0 ? 0 : lines[first]!.length - lines[first]!.trimStart().length;
  const moved = script.split('\n').map((text) => (text === '' ? '' : ' '.repeat(indent) + text));
  return `${'\n'.repeat(line)}${moved.join('\n')}`;
}
