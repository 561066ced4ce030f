/** What a table is drawn on: a terminal that is drawn anew, or lines one after another. */

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Screen {
  size(): Size;
  draw(lines: readonly string[]): void;
  /** Says what is being done before the first table, to a person. */
  announce(line: string): void;
  /** Resolves after some time, or early when a person resizes the terminal (false) or ends the program (true). */
  wait(milliseconds: number): Promise<boolean>;
  close(): void;
}

/** q, Q, Ctrl-C, Ctrl-D. */
const endingKeys = [0x71, 0x51, 0x03, 0x04];
const enter = '\x1b[?1049h\x1b[?25l';
const leave = '\x1b[?25h\x1b[?1049l';
const home = '\x1b[H';
const clearLine = '\x1b[K';
const clearBelow = '\x1b[J';
const bold = (text: string) => `\x1b[1m${text}\x1b[0m`;

/** Draws on the terminal's second screen, so that what was there before is there again afterwards. `q` and Ctrl-C end it. */
export class Terminal implements Screen {
  readonly #output: NodeJS.WriteStream;
  readonly #input: NodeJS.ReadStream;
  #isEnding = false;
  #wake: (() => void) | undefined;

  constructor(output: NodeJS.WriteStream, input: NodeJS.ReadStream) {
    this.#output = output;
    this.#input = input;
    output.write(enter);
    output.on('resize', this.#onResize);
    if (!input.isTTY) return;
    input.setRawMode(true);
    input.on('data', this.#onKey);
  }

  readonly #onResize = () => this.#wake?.();

  readonly #onKey = (key: Buffer) => {
    if (!endingKeys.some((code) => key.includes(code))) return;
    this.#isEnding = true;
    this.#wake?.();
  };

  size(): Size {
    return { columns: this.#output.columns, rows: this.#output.rows };
  }

  draw([title = '', ...lines]: readonly string[]): void {
    const shown = [bold(title), ...lines].slice(0, this.size().rows);
    this.#output.write(home + shown.map((line) => line + clearLine).join('\n') + clearBelow);
  }

  announce(line: string): void {
    this.draw([line]);
  }

  async wait(milliseconds: number): Promise<boolean> {
    if (this.#isEnding) return true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    return this.#isEnding;
  }

  close(): void {
    this.#output.off('resize', this.#onResize);
    if (this.#input.isTTY) {
      this.#input.off('data', this.#onKey);
      this.#input.setRawMode(false);
      this.#input.pause();
    }
    this.#output.write(leave);
  }
}

/** For files and pipes: each table follows the one before. */
export class Lines implements Screen {
  readonly #output: NodeJS.WritableStream;
  readonly #rows: number;
  #isFirst = true;

  constructor(output: NodeJS.WritableStream, rows: number) {
    this.#output = output;
    this.#rows = rows;
  }

  size(): Size {
    return { columns: Number.POSITIVE_INFINITY, rows: this.#rows };
  }

  draw(lines: readonly string[]): void {
    this.#output.write(`${this.#isFirst ? '' : '\n'}${lines.join('\n')}\n`);
    this.#isFirst = false;
  }

  announce(): void {}

  async wait(milliseconds: number): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return false;
  }

  close(): void {}
}
