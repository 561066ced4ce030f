import type { MetricSpec } from '../config/probe_schema.js';
import type { Layout } from './layout.js';

/** A map of a BPF object as the decode stage sees it, before or after it is loaded. */
export interface MapDescription {
  readonly name: string;
  /** The kernel's word for the type: `hash`, `percpu_array`, ... */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  /** Absent when the map was declared without BTF types. */
  readonly key?: Layout;
  readonly value?: Layout;
}

/** Where an integer lies in a value or a key, in the host's byte order. */
export interface NumberField {
  /** Bytes from the start of the value (of one CPU) or of the key. */
  readonly offset: number;
  /** Bytes to load; `offset + size` is never beyond the value. */
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** A bitfield: of the loaded integer, shift right by `shift` and keep `width` bits. */
  readonly bits?: { readonly shift: number; readonly width: number };
}

/** An array of event counts, and the exact sum of the observed values when the program keeps one. */
export interface HistogramField {
  readonly sum?: NumberField;
  readonly buckets: { readonly offset: number; readonly count: number; readonly size: 4 | 8 };
}

/** What a metric reads of each entry of its map. */
export type MetricValue =
  | { readonly kind: 'number'; readonly field: NumberField }
  | { readonly kind: 'histogram'; readonly field: HistogramField }
  /** One entry is one bucket: `slot` lies in the key; `count` and `sum` (of that bucket) in the value. */
  | { readonly kind: 'slot'; readonly slot: NumberField; readonly count: NumberField; readonly sum?: NumberField };

/** What a metric reads of the overflow companion's only entry. With `count`, the slots are not known: only +Inf counts them. */
export type OverflowValue =
  | { readonly kind: 'number'; readonly field: NumberField }
  | { readonly kind: 'histogram'; readonly field: HistogramField }
  | { readonly kind: 'count'; readonly count: NumberField; readonly sum?: NumberField };

/** The map `M_other` of a map `M`: updates that found `M` full. */
export interface OverflowBinding {
  readonly map: string;
  /** Offsets are from the start of the companion's value. */
  readonly value: OverflowValue;
  /** How many updates went here. The row exists when this is above zero. */
  readonly lost: NumberField;
}

export interface LabelSetDecoder {
  /** In the order of the probe file, constant labels included. */
  readonly names: readonly string[];
  /** Label values of the overflow row: `other`, and constants as they are. */
  readonly overflow: readonly string[];
  /** Whether labels depend on the value, so that they can change while the key stays. */
  readonly usesValue: boolean;
  /** Where present: to be called with every entry that will be decoded, before `prepare`. Parameters as of `decode`. */
  readonly announce?: (key: Uint8Array, value?: Uint8Array) => void;
  /**
   * Brings tables that are too large to load in `decode` up to date. Call it before a run of `decode` calls; there is
   * nothing to wait for when it returns undefined. Never rejects.
   */
  prepare(): Promise<void> | undefined;
  /**
   * Label values of one entry, in the order of `names`: valid UTF-8, at most 128 characters each.
   * @param key `keySize` bytes
   * @param value `valueSize` bytes, required when `usesValue`
   * @returns undefined when a regex drops the entry
   * @throws when the entry cannot be decoded; the entry is then skipped and counted
   */
  decode(key: Uint8Array, value?: Uint8Array): readonly string[] | undefined;
}

/** A metric of a probe file joined to the layout of its map. */
export interface MetricBinding {
  readonly spec: MetricSpec;
  /** Name of the map to read. */
  readonly map: string;
  readonly labels: LabelSetDecoder;
  readonly value: MetricValue;
  /** Present when the object has the overflow companion of the map. */
  readonly other?: OverflowBinding;
}
