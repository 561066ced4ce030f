const kinds = { int: 1, pointer: 2, struct: 4, enum: 6, forward: 7, typedef: 8, function: 12, prototype: 13 };

/** BTF by hand: types are numbered from 1 in the order of the calls, those of a module after those of the kernel. */
export class BtfFixture {
  private strings: string;
  private readonly words: number[] = [];

  /** @param base the kernel's, if it is that of a module: names that the kernel has are not stored again */
  constructor(private readonly base?: BtfFixture) {
    this.strings = base === undefined ? '\0' : '';
  }

  add(kind: keyof typeof kinds, name: string, length: number, sizeOrType: number, ...tail: (number | string)[]): this {
    this.words.push(this.string(name), (kinds[kind] << 24) | length, sizeOrType);
    this.words.push(...tail.map((word) => (typeof word === 'string' ? this.string(word) : word)));
    return this;
  }

  bytes(): Uint8Array {
    const types = Buffer.from(Uint32Array.from(this.words).buffer);
    const strings = Buffer.from(this.strings, 'latin1');
    const header = Buffer.from(Uint32Array.of(0x1eb9f, 24, 0, types.length, types.length, strings.length).buffer);
    return Buffer.concat([header, types, strings]);
  }

  private string(text: string): number {
    if (text === '') return 0;
    const known = this.base?.stored(text) ?? this.stored(text);
    if (known !== undefined) return known;
    this.strings += `${text}\0`;
    return this.stored(text)!;
  }

  private stored(text: string): number | undefined {
    const at = `\0${this.strings}`.indexOf(`\0${text}\0`);
    return at < 0 ? undefined : (this.base?.strings.length ?? 0) + at;
  }
}
