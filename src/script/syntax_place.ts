import type { Location } from '../errors/location.js';
import type { Place } from './syntax/tree.js';

/** Lines and columns of places in a script. */
export class Locator {
  constructor(
    private readonly file: string,
    private readonly text: string,
  ) {}

  locate({ start }: Place): Location {
    const before = this.text.slice(0, start);
    const lineStart = before.lastIndexOf('\n') + 1;
    const lineEnd = this.text.indexOf('\n', start);
    return {
      file: this.file,
      line: before.split('\n').length,
      column: start - lineStart + 1,
      excerpt: this.text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd),
    };
  }
}
