/** The maps of a script: what all uses together say about keys and values. */
import { ScriptProblem } from '../resolve/problem.js';
import type { MapDeclaration, Place } from '../syntax/tree.js';
import { commonType, sameType, type ValueType, valueText } from './value_type.js';

/** How a map adds up what a script hands to it. */
export type Aggregation =
  | { readonly kind: 'count' }
  | { readonly kind: 'sum' | 'min' | 'max' | 'avg' | 'stats'; readonly isSigned: boolean }
  /** Each power of two is divided into 2^bits intervals. */
  | { readonly kind: 'hist'; readonly bits: number }
  | { readonly kind: 'lhist'; readonly min: bigint; readonly max: bigint; readonly step: bigint };

export interface KeyPart {
  readonly type: ValueType;
  /** Of the label, before it is made unique. */
  readonly name: string;
}

export interface ScriptMapUse {
  /** As written, without `@`. */
  readonly name: string;
  /** The first use. */
  readonly place: Place;
  /** Undefined: not known yet. Empty: used without a key. */
  key: readonly KeyPart[] | undefined;
  /** What is stored; undefined: not known yet, or aggregated. */
  value: ValueType | undefined;
  aggregation: Aggregation | undefined;
  /** The script deletes entries: the map is a memory between probes. */
  isDeleted: boolean;
  isRead: boolean;
  /** An iterator fills it anew at every scrape. */
  isRefilled: boolean;
  /** Numbers of the programs that add to its aggregation. */
  readonly writers: Set<number>;
  declaration: MapDeclaration | undefined;
}

export class MapTable {
  private readonly maps = new Map<string, ScriptMapUse>();
  /** Set when a use changed a type: what was generated with the old one is wrong. */
  changed = false;

  constructor(private readonly declarations: readonly MapDeclaration[]) {}

  all(): readonly ScriptMapUse[] {
    return [...this.maps.values()];
  }

  use(name: string, place: Place): ScriptMapUse {
    let map = this.maps.get(name);
    if (map === undefined) {
      const declaration = this.declarations.find((each) => each.name === name);
      map = {
        name,
        place,
        key: undefined,
        value: undefined,
        aggregation: undefined,
        isDeleted: false,
        isRead: false,
        isRefilled: false,
        writers: new Set(),
        declaration,
      };
      this.maps.set(name, map);
      this.changed = true;
    }
    return map;
  }

  /** @throws ScriptProblem if other uses have another kind of key */
  useKey(map: ScriptMapUse, parts: readonly KeyPart[], place: Place): void {
    if (map.key === undefined) {
      map.key = parts;
      this.changed = true;
      return;
    }
    if (map.key.length !== parts.length) {
      const had = map.key.length === 0 ? 'no key' : `a key of ${map.key.length} part${map.key.length === 1 ? '' : 's'}`;
      const has = parts.length === 0 ? 'none' : `${parts.length}`;
      throw new ScriptProblem(
        place,
        `@${map.name} has ${had} elsewhere and ${has} here`,
        'Use the same key everywhere, or two maps.',
      );
    }
    map.key = map.key.map((part, index) => {
      const other = parts[index]!;
      const type = commonType(part.type, other.type);
      if (type === undefined) {
        throw new ScriptProblem(
          place,
          `Part ${index + 1} of the key of @${map.name} is ${valueText(part.type)} elsewhere and ${valueText(other.type)} here`,
          'Use the same type everywhere, or two maps.',
        );
      }
      if (sameType(type, part.type)) return part;
      this.changed = true;
      return { ...part, type };
    });
  }

  /** @throws ScriptProblem if other uses store something else */
  useValue(map: ScriptMapUse, type: ValueType, place: Place): void {
    if (map.aggregation !== undefined) throw mixed(map, place);
    if (map.value === undefined) {
      map.value = type;
      this.changed = true;
      return;
    }
    const common = commonType(map.value, type);
    if (common === undefined) {
      throw new ScriptProblem(
        place,
        `@${map.name} holds ${valueText(map.value)} elsewhere and ${valueText(type)} here`,
        'Use the same type everywhere, or two maps.',
      );
    }
    if (sameType(common, map.value)) return;
    map.value = common;
    this.changed = true;
  }

  /** @throws ScriptProblem if other uses add up otherwise */
  useAggregation(map: ScriptMapUse, aggregation: Aggregation, place: Place): void {
    if (map.value !== undefined) throw mixed(map, place);
    const known = map.aggregation;
    if (known === undefined) {
      map.aggregation = aggregation;
      this.changed = true;
      return;
    }
    if (known.kind !== aggregation.kind) {
      throw new ScriptProblem(
        place,
        `@${map.name} is ${known.kind}() elsewhere and ${aggregation.kind}() here`,
        'Use one of them, or two maps.',
      );
    }
    if ('isSigned' in known && 'isSigned' in aggregation) {
      if (known.isSigned || !aggregation.isSigned) return;
      map.aggregation = aggregation;
      this.changed = true;
      return;
    }
    if (text(known) !== text(aggregation)) {
      throw new ScriptProblem(
        place,
        `@${map.name} has other intervals elsewhere`,
        `Use the same numbers in every ${known.kind}() of a map.`,
      );
    }
  }
}

const text = (aggregation: Aggregation) =>
  JSON.stringify(aggregation, (_, value) => (typeof value === 'bigint' ? String(value) : value));

function mixed({ name, aggregation }: ScriptMapUse, place: Place): ScriptProblem {
  const how = aggregation === undefined ? 'a plain value' : `${aggregation.kind}()`;
  return new ScriptProblem(
    place,
    `@${name} is ${how} elsewhere, and something else here`,
    'Use one of the two, or two maps.',
  );
}
