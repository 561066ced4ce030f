/** Structs, unions and enums that a script defines in C. */
import type { CType, RecordType } from './c_type.js';
import { integer, pointerTo } from './c_type.js';
import { type DefinedMember, RecordLayout } from './record_layout.js';
import type { TypeTable } from './type_table.js';

/** What is wrong with a definition: a clause. */
export interface DefinitionProblem {
  readonly problem: string;
}

/**
 * Adds what `text` defines to the table.
 * @param text one definition, such as `struct x { int a; char b[4]; }`
 */
export function defineType(text: string, types: TypeTable): DefinitionProblem | undefined {
  try {
    new DefinitionReader(text, types).read();
    return undefined;
  } catch (error) {
    if (error instanceof Misread) return { problem: error.message };
    throw error;
  }
}

class Misread extends Error {}

const token = /\s*(?:(\w+)|([{}()[\];,*:=<>+-]|<<))/y;

class DefinitionReader {
  private readonly tokens: string[] = [];
  private readonly isPacked: boolean;
  private at = 0;

  constructor(
    text: string,
    private readonly types: TypeTable,
  ) {
    const commented = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ' ');
    this.isPacked = /}\s*(?:__attribute__\s*\(\(.*\)\)\s*)*__attribute__\s*\(\(\s*packed\s*\)\)/.test(commented);
    const plain = commented.replace(/__attribute__\s*\(\([\s\S]*?\)\)+/g, ' ').trim();
    token.lastIndex = 0;
    while (token.lastIndex < plain.length) {
      const start = token.lastIndex;
      const match = token.exec(plain);
      if (match === null) throw new Misread(`"${plain.slice(start).trim().charAt(0)}" is not expected in a definition`);
      this.tokens.push(match[1] ?? match[2]!);
    }
  }

  read(): void {
    const keyword = this.next();
    if (keyword === 'enum') this.readEnum();
    else if (keyword === 'struct' || keyword === 'union') this.readRecord(keyword);
    else throw new Misread('it is not a struct, union or enum');
  }

  private readRecord(keyword: 'struct' | 'union'): RecordType {
    const name = this.peek() === '{' ? '' : this.next();
    const isOutermost = this.at <= 2;
    this.expect('{');
    const layout = new RecordLayout(keyword === 'union', isOutermost && this.isPacked);
    while (this.peek() !== '}') {
      for (const member of this.readMember()) {
        if (member.name !== '' && layout.members.some((other) => other.name === member.name)) {
          throw new Misread(`it has two members "${member.name}"`);
        }
        layout.add(member);
      }
    }
    this.expect('}');
    const record: RecordType = { kind: 'record', keyword, name, bytes: layout.bytes(), members: layout.members };
    if (name !== '') this.types.define(`${keyword} ${name}`, record);
    return record;
  }

  private readMember(): DefinedMember[] {
    const base = this.readBase();
    if (this.peek() === ';' || this.peek() === '}') {
      if (base.kind !== 'record') throw new Misread('a member has no name');
      this.endMember();
      return [{ name: '', type: base }];
    }
    const members: DefinedMember[] = [];
    do {
      let type = base;
      while (this.take('*')) type = pointerTo(type);
      const name = this.peek() === ':' ? '' : this.next();
      if (this.take(':')) {
        members.push({ name, type, width: this.width(type, name) });
        continue;
      }
      const counts: number[] = [];
      while (this.take('[')) {
        counts.push(this.peek() === ']' ? 0 : Number(this.number()));
        this.expect(']');
      }
      members.push({
        name,
        type: counts.reduceRight<CType>((element, count) => ({ kind: 'array', element, count }), type),
      });
    } while (this.take(','));
    this.endMember();
    return members;
  }

  /** The last member may do without the semicolon, as in bpftrace. */
  private endMember(): void {
    if (this.peek() !== '}') this.expect(';');
  }

  private width(type: CType, name: string): number {
    const width = Number(this.number());
    if (type.kind !== 'integer' || width < 0 || width > 8 * type.bytes)
      throw new Misread(`bitfield "${name}" does not fit into its type`);
    return width;
  }

  private readBase(): CType {
    const words: string[] = [];
    while (this.peek() === 'const' || this.peek() === 'volatile') this.next();
    const first = this.next();
    if (first === 'struct' || first === 'union') {
      if (this.peek() === '{' || this.tokens[this.at + 1] === '{') return this.readRecord(first);
      return this.named(`${first} ${this.next()}`);
    }
    if (first === 'enum') return this.named(`enum ${this.next()}`);
    words.push(first);
    while (/^(unsigned|signed|long|short|int|char|const)$/.test(this.peek() ?? '')) words.push(this.next());
    return this.named(words.join(' '));
  }

  private named(name: string): CType {
    const type = this.types.named(name);
    if (type !== undefined) return type;
    // Only pointers to it are possible, as in C.
    if (this.peek() === '*') return { kind: 'opaque', name, bytes: 0 };
    throw new Misread(`type "${name}" is not known`);
  }

  private readEnum(): void {
    const name = this.peek() === '{' ? '' : this.next();
    const names: Record<string, string> = {};
    const type: CType = { ...integer(4, false), enumeration: name, names };
    this.expect('{');
    for (let value = 0n; this.peek() !== '}'; value++) {
      const enumerator = this.next();
      if (this.take('=')) value = this.number();
      names[String(value)] ??= enumerator;
      this.types.defineEnumerator(enumerator, type, value);
      if (!this.take(',')) break;
    }
    this.expect('}');
    if (name !== '') this.types.define(`enum ${name}`, type);
  }

  private number(): bigint {
    const isNegative = this.take('-');
    const text = this.next();
    if (!/^(0x[\da-f]+|\d+)u?l*$/i.test(text)) throw new Misread(`"${text}" is not a number`);
    const value = BigInt(text.replace(/(?<=[\da-f])u?l*$/i, ''));
    return isNegative ? -value : value;
  }

  private peek(): string | undefined {
    return this.tokens[this.at];
  }

  private next(): string {
    const text = this.tokens[this.at++];
    if (text === undefined) throw new Misread('it ends too early');
    return text;
  }

  private take(text: string): boolean {
    if (this.peek() !== text) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    const found = this.next();
    if (found !== text) throw new Misread(`"${text}" is expected before "${found}"`);
  }
}
