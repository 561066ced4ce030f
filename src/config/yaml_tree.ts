import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
  type YAMLMap,
} from 'yaml';
import { fault, type SantaError } from '../errors/fault.js';
import { type Path, pathText, SourceMap } from './source_map.js';
import { aliasFault, syntaxFaults } from './yaml_syntax.js';

/** What a file says, before anyone asked whether it makes sense. */
export interface Tree {
  /** Mappings have no prototype, keys are text, whole numbers beyond 2^53 are bigint. Undefined when the syntax is broken. */
  readonly value: unknown;
  readonly places: SourceMap;
  readonly faults: readonly SantaError[];
}

/** Aliases multiply: a kilobyte can stand for billions of nodes. */
const maximumNodes = 50_000;
const maximumDepth = 64;

class TooComplex extends Error {}

class TreeBuilder {
  readonly faults: SantaError[] = [];
  /** Set when something could not be read at all, so that its absence is not told as well. */
  broken = false;
  private nodes = 0;
  private readonly open = new Set<Node>();

  constructor(
    private readonly document: Document.Parsed,
    private readonly places: SourceMap,
  ) {}

  /** @param anchor offset that a value without text of its own, or on lines below its key, is located at */
  build(node: unknown, path: Path, anchor: number): unknown {
    if (++this.nodes > maximumNodes) throw new TooComplex(`more than ${maximumNodes} values, aliases included`);
    if (path.length > maximumDepth) throw new TooComplex(`mappings and lists nested more than ${maximumDepth} deep`);
    if (isAlias(node)) return this.enter(this.target(node), path, anchor);
    return this.enter(node as Node | null, path, anchor);
  }

  private enter(node: Node | null, path: Path, anchor: number): unknown {
    if (node === null) {
      this.places.noteValue(path, anchor);
      return null;
    }
    if (this.open.has(node)) throw new TooComplex('an alias inside of what it stands for');
    this.open.add(node);
    try {
      if (isScalar(node)) return this.scalar(node, path, anchor);
      const flow = 'flow' in node && node.flow === true;
      this.places.noteValue(path, flow || path.length === 0 ? node.range![0] : anchor);
      if (isMap(node)) return this.mapping(node, path);
      if (isSeq(node)) {
        return node.items.map((item, i) => this.build(item, [...path, i], (item as Node | null)?.range?.[0] ?? anchor));
      }
      return null;
    } finally {
      this.open.delete(node);
    }
  }

  private target(alias: Alias): Node | null {
    const node = alias.resolve(this.document);
    if (node !== undefined) return node as Node;
    this.broken = true;
    this.faults.push(aliasFault(this.places, alias.range![0]));
    return null;
  }

  private scalar({ value, range }: Scalar, path: Path, anchor: number): unknown {
    this.places.noteValue(path, value === null ? anchor : range![0]);
    if (typeof value !== 'bigint') return value;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  private mapping(map: YAMLMap, path: Path): Record<string, unknown> {
    const result: Record<string, unknown> = Object.create(null);
    const merged: { node: unknown; offset: number }[] = [];
    for (const { key, value } of map.items) {
      const offset = (key as Node | null)?.range?.[0] ?? map.range![0];
      if (isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN) {
        merged.push({ node: value, offset });
        continue;
      }
      const name = this.keyName(key, path, offset);
      if (name === undefined) continue;
      const place = [...path, name];
      if (Object.hasOwn(result, name)) {
        const first = this.places.locateKey(place).line;
        const location = this.places.at(offset);
        this.faults.push(fault('CONFIG_DUPLICATE_KEY', { key: name, at: pathText(path), first }, { location }));
        continue;
      }
      this.places.noteKey(place, offset);
      result[name] = this.build(value, place, offset);
    }
    for (const { node, offset } of merged) this.merge(node, path, offset, result);
    return result;
  }

  /** `<<: *base`: keys of the mapping itself win over merged ones, earlier sources over later ones. */
  private merge(node: unknown, path: Path, offset: number, into: Record<string, unknown>): void {
    const source = isAlias(node) ? this.target(node) : node;
    if (isSeq(source)) {
      for (const item of source.items) this.merge(item, path, offset, into);
      return;
    }
    if (!isMap(source)) {
      const location = this.places.at(offset);
      const sentence = {
        expected: 'a mapping or an alias of one',
        at: '<<',
        received: 'a value that is neither',
      };
      this.faults.push(fault('CONFIG_VALUE', sentence, { location }));
      return;
    }
    const places = new SourceMap(this.places.file, this.places.text);
    const nested = new TreeBuilder(this.document, places);
    nested.nodes = this.nodes;
    for (const open of this.open) nested.open.add(open);
    const found = nested.build(source, path, offset) as Record<string, unknown>;
    this.nodes = nested.nodes;
    this.broken ||= nested.broken;
    this.faults.push(...nested.faults);
    for (const [name, value] of Object.entries(found)) {
      if (Object.hasOwn(into, name)) continue;
      into[name] = value;
      this.places.adopt(places, [...path, name]);
    }
  }

  private keyName(key: unknown, path: Path, offset: number): string | undefined {
    const node = isAlias(key) ? this.target(key) : key;
    const value = isScalar(node) ? node.value : undefined;
    if (value !== null && value !== undefined && value !== '__proto__') return String(value);
    const received = value === '__proto__' ? '"__proto__"' : value === null ? 'nothing' : 'a list or mapping';
    const sentence = { expected: 'a plain name or number', at: `a key of ${pathText(path)}`, received };
    this.faults.push(fault('CONFIG_VALUE', sentence, { location: this.places.at(offset) }));
    return undefined;
  }
}

/** Parses YAML 1.2 (core schema, with anchors, aliases and merge keys). Never throws: faults are in the result. */
export function parseTree(file: string, text: string): Tree {
  const places = new SourceMap(file, text);
  try {
    const document = parseDocument(text, { intAsBigInt: true, uniqueKeys: false, prettyErrors: false });
    const broken = syntaxFaults([...document.errors, ...document.warnings], places);
    if (broken.length > 0) return { value: undefined, places, faults: broken };
    const builder = new TreeBuilder(document, places);
    const value = builder.build(document.contents, [], 0);
    return { value: builder.broken ? undefined : value, places, faults: builder.faults };
  } catch (cause) {
    // RangeError: the parser itself descends once per level.
    if (!(cause instanceof TooComplex || cause instanceof RangeError)) throw cause;
    const received = cause instanceof TooComplex ? cause.message : 'mappings and lists nested too deep to read';
    const tooComplex = fault('CONFIG_TOO_COMPLEX', { received }, { location: places.at(0), cause });
    return { value: undefined, places, faults: [tooComplex] };
  }
}
