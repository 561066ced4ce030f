import type { Location } from '../errors/location.js';

export type Path = readonly (string | number)[];

/** The place of one setting, and of those in it. Offsets into the text; undefined where the file has none. */
interface Place {
  key?: number;
  value?: number;
  inner?: Map<string | number, Place>;
}

/** A longer line says nothing to a reader, and each fault would carry it. */
const longestExcerpt = 10_000;

/** The places of the settings of a file. Its root is plain data, which crosses processes. */
export class SourceMap {
  private lines: readonly number[] | undefined;

  constructor(
    readonly file: string,
    readonly text: string,
    readonly root: Place = {},
  ) {}

  noteKey(path: Path, offset: number): void {
    this.place(path).key = offset;
  }

  noteValue(path: Path, offset: number): void {
    this.place(path).value = offset;
  }

  has(path: Path): boolean {
    return this.find(path)?.value !== undefined;
  }

  /** The place of a setting's value, or of the nearest setting around it that the file has. */
  locate(path: Path): Location {
    let place: Place | undefined = this.root;
    let offset = place.value;
    for (const step of path) {
      place = place.inner?.get(step);
      if (place === undefined) break;
      offset = place.value ?? offset;
    }
    return this.at(offset ?? 0);
  }

  /** The place of a setting's name. */
  locateKey(path: Path): Location {
    const offset = this.find(path)?.key;
    return offset === undefined ? this.locate(path) : this.at(offset);
  }

  /** Line and column of an offset into the text. */
  at(offset: number): Location {
    this.lines ??= lineStarts(this.text);
    const line = lineOf(this.lines, offset);
    const start = this.lines[line]!;
    const end = this.lines[line + 1] === undefined ? this.text.length : this.lines[line + 1]! - 1;
    const place = { file: this.file, line: line + 1, column: offset - start + 1 };
    return end - start > longestExcerpt ? place : { ...place, excerpt: this.text.slice(start, end).replace(/\r$/, '') };
  }

  private find(path: Path): Place | undefined {
    return path.reduce<Place | undefined>((place, step) => place?.inner?.get(step), this.root);
  }

  private place(path: Path): Place {
    let place = this.root;
    for (const step of path) {
      place.inner ??= new Map();
      const inner: Place = place.inner.get(step) ?? {};
      place.inner.set(step, inner);
      place = inner;
    }
    return place;
  }
}

/** The offset of the first character of every line. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}

/** The index of the line that an offset is in: the last one that does not start behind it. */
function lineOf(starts: readonly number[], offset: number): number {
  let [first, last] = [0, starts.length - 1];
  while (first < last) {
    const middle = Math.ceil((first + last) / 2);
    if (starts[middle]! <= offset) first = middle;
    else last = middle - 1;
  }
  return first;
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
