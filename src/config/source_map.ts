import type { Location } from '../errors/location.js';

export type Path = readonly (string | number)[];

const nameOf = (path: Path): string => JSON.stringify(path);

/** The places of the settings of a file. It crosses processes as plain data: see `plain` and the constructor. */
export class SourceMap {
  constructor(
    readonly file: string,
    readonly text: string,
    private readonly keys: Map<string, number> = new Map(),
    private readonly values: Map<string, number> = new Map(),
  ) {}

  /** The arguments that make an equal map. */
  get plain(): readonly [string, string, Map<string, number>, Map<string, number>] {
    return [this.file, this.text, this.keys, this.values];
  }

  noteKey(path: Path, offset: number): void {
    this.keys.set(nameOf(path), offset);
  }

  noteValue(path: Path, offset: number): void {
    this.values.set(nameOf(path), offset);
  }

  has(path: Path): boolean {
    return this.values.has(nameOf(path));
  }

  /** The place of a setting's value, or of the nearest setting around it that the file has. */
  locate(path: Path): Location {
    for (let length = path.length; length >= 0; length--) {
      const offset = this.values.get(nameOf(path.slice(0, length)));
      if (offset !== undefined) return this.at(offset);
    }
    return this.at(0);
  }

  /** The place of a setting's name. */
  locateKey(path: Path): Location {
    const offset = this.keys.get(nameOf(path));
    return offset === undefined ? this.locate(path) : this.at(offset);
  }

  /** Line and column of an offset into the text. */
  at(offset: number): Location {
    const before = this.text.slice(0, offset);
    const start = before.lastIndexOf('\n') + 1;
    const end = this.text.indexOf('\n', offset);
    return {
      file: this.file,
      line: before.split('\n').length,
      column: offset - start + 1,
      excerpt: this.text.slice(start, end === -1 ? undefined : end).replace(/\r$/, ''),
    };
  }
}

/** A setting as messages name it: `metrics[0].buckets.min`, and in backticks if it could be taken for a plain word. */
export function pathText(path: Path): string {
  if (path.length === 0) return 'The file';
  const text = dottedPath(path);
  return /^[a-z]+$/.test(text) ? `\`${text}\`` : text;
}

/** `in metrics[0]` or `at the top level`, for a key that is directly in there. */
export function within(path: Path): string {
  return path.length === 0 ? 'at the top level' : `in ${pathText(path)}`;
}

function dottedPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) text += `${text === '' ? '' : '.'}${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}
