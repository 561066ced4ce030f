import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, Scalar, type YAMLMap } from 'yaml';
import { fault, type SantaError } from '../errors/fault.js';
import { type Path, SourceMap, within } from './source_map.js';
import { aliasTargets, maximumDepth, parseBounded, TooComplex, tooDeep } from './yaml_document.js';
import { aliasFault, syntaxFaults } from './yaml_syntax.js';

/** The content of a YAML file, not yet checked against a schema. */
export interface Tree {
  /** Mappings have no prototype, keys are text, whole numbers beyond 2^53 are bigint. Undefined when the syntax is broken. */
  readonly value: unknown;
  readonly places: SourceMap;
  readonly faults: readonly SantaError[];
}

/** With aliases a kilobyte can stand for billions of nodes. */
const maximumNodes = 50_000;

/** As in YAML itself for a key without "?". */
const longestKey = 1024;

/** A `name: value` of a mapping; `offset` is the place of the name. */
interface Setting {
  readonly name: string;
  readonly value: unknown;
  readonly offset: number;
}

/**
 * Builds the value and notes the places of its settings in one walk. `toJS` of the library would give the value alone,
 * and its merge and alias limits know no places, cycles or depth.
 */
class TreeBuilder {
  readonly faults: SantaError[] = [];
  /** An alias has no anchor: the value is incomplete, and its missing parts are no faults of their own. */
  broken = false;
  private nodes = 0;
  private readonly open = new Set<Node>();
  private targets: ReadonlyMap<Alias, Node> | undefined;

  constructor(
    private readonly document: Document.Parsed,
    private readonly places: SourceMap,
  ) {}

  /** @param anchor the offset that locates a value without text, or one on the lines below its key */
  build(node: unknown, path: Path, anchor: number): unknown {
    this.count(anchor);
    if (path.length > maximumDepth) throw tooDeep(anchor);
    return this.enter(isAlias(node) ? this.target(node) : (node as Node | null), path, anchor);
  }

  private count(offset: number): void {
    if (++this.nodes > maximumNodes) throw new TooComplex(`more than ${maximumNodes} values, aliases included`, offset);
  }

  private enter(node: Node | null, path: Path, anchor: number): unknown {
    if (node === null) {
      this.places.noteValue(path, anchor);
      return null;
    }
    this.openNode(node, anchor);
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

  private openNode(node: Node, offset: number): void {
    if (this.open.has(node)) throw new TooComplex('an alias contains itself', offset);
    this.open.add(node);
  }

  private target(alias: Alias): Node | null {
    this.targets ??= aliasTargets(this.document);
    const node = this.targets.get(alias);
    if (node !== undefined) return node;
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
    for (const { name, value, offset } of this.settings(map, path)) {
      if (Object.hasOwn(result, name)) {
        // Not built, but looked at: a mapping can merge many others that are all overridden.
        this.count(offset);
        continue;
      }
      const place = [...path, name];
      this.places.noteKey(place, offset);
      result[name] = this.build(value, place, offset);
    }
    return result;
  }

  /** The settings of a mapping, then those that it merges: the first of a name counts. */
  private *settings(map: YAMLMap, path: Path): Generator<Setting> {
    const firstOffsets = new Map<string, number>();
    const merged: { node: unknown; offset: number }[] = [];
    for (const { key, value } of map.items) {
      const offset = (key as Node | null)?.range?.[0] ?? map.range![0];
      if (isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN) {
        merged.push({ node: value, offset });
        continue;
      }
      const name = this.keyName(key, path, offset);
      if (name === undefined) continue;
      const firstOffset = firstOffsets.get(name);
      if (firstOffset === undefined) {
        firstOffsets.set(name, offset);
        yield { name, value, offset };
        continue;
      }
      const first = this.places.at(firstOffset).line;
      const location = this.places.at(offset);
      this.faults.push(fault('CONFIG_DUPLICATE_KEY', { key: name, where: within(path), first }, { location }));
    }
    for (const { node, offset } of merged) yield* this.merged(node, path, offset);
  }

  /** The settings that `<<: *base` or `<<: [*a, *b]` adds. */
  private *merged(node: unknown, path: Path, offset: number): Generator<Setting> {
    this.count(offset);
    const source = isAlias(node) ? this.target(node) : node;
    if (isSeq(source)) {
      for (const item of source.items) yield* this.merged(item, path, offset);
    } else if (isMap(source)) {
      this.openNode(source, offset);
      yield* this.settings(source, path);
      this.open.delete(source);
    } else {
      const problem = '`<<` must be a mapping, an alias of one, or a list of these';
      this.faults.push(fault('CONFIG_VALUE', { problem }, { location: this.places.at(offset) }));
    }
  }

  private keyName(key: unknown, path: Path, offset: number): string | undefined {
    const node = isAlias(key) ? this.target(key) : key;
    const value = isScalar(node) ? node.value : undefined;
    if (value !== null && value !== undefined && value !== '__proto__') return this.boundedKey(String(value), offset);
    const found = value === '__proto__' ? '"__proto__"' : value === null ? 'nothing' : 'a list or mapping';
    const problem = `A key ${within(path)} must be a plain name or number, not ${found}`;
    this.faults.push(fault('CONFIG_VALUE', { problem }, { location: this.places.at(offset) }));
    return undefined;
  }

  private boundedKey(name: string, offset: number): string {
    if (name.length > longestKey) throw new TooComplex(`a key has more than ${longestKey} characters`, offset);
    return name;
  }
}

/** Parses YAML 1.2 (core schema, with anchors, aliases and merge keys). Never throws: faults are in the result. */
export function parseTree(file: string, text: string): Tree {
  const places = new SourceMap(file, text);
  try {
    const document = parseBounded(text);
    const broken = syntaxFaults([...document.errors, ...document.warnings], places);
    if (broken.length > 0) return { value: undefined, places, faults: broken };
    const builder = new TreeBuilder(document, places);
    const value = builder.build(document.contents, [], 0);
    return { value: builder.broken ? undefined : value, places, faults: builder.faults };
  } catch (cause) {
    if (!(cause instanceof TooComplex)) throw cause;
    const location = places.at(cause.offset);
    return {
      value: undefined,
      places,
      faults: [fault('CONFIG_TOO_COMPLEX', { problem: cause.message }, { location })],
    };
  }
}
