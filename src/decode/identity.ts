/**
 * Which labels show who did it: a command, or a cgroup. What no label shows, the programs need not collect; see
 * bpf/include/identity.h.
 */
import type { LabelSpec, MetricSpec } from '../config/probe_schema.js';
import { mapKind } from '../maps/map_kind.js';
import type { Layout } from './layout.js';
import type { MapDescription } from './map_description.js';

type Maps = ReadonlyMap<string, MapDescription>;

/** What the labels of a probe show. */
export interface ShownIdentity {
  /** Some label reads a `struct command`. */
  readonly command: boolean;
  /** Some label reads a cgroup: a 64-bit field `cgroup`. */
  readonly cgroup: boolean;
}

export function shownIdentity(metrics: readonly MetricSpec[], maps: Maps): ShownIdentity {
  const read = metrics.flatMap((metric) => {
    const map = maps.get(metric.map);
    return map === undefined ? [] : Object.values(metric.labels).map((label) => readBy(label, map));
  });
  return {
    command: read.some((fields) => fields.some(({ layout }) => layout.type === 'struct command')),
    cgroup: read.some((fields) => isCgroup(fields.at(-1))),
  };
}

/**
 * The maps whose keys end with a cgroup that no label reads, described as the exporter loads them: their keys end before it. A key that
 * is nothing but a cgroup stays.
 */
export function withoutUnreadCgroup(metrics: readonly MetricSpec[], maps: Maps): Map<string, MapDescription> {
  const isRead = new Set(
    metrics.flatMap(({ map: name, labels }) => {
      const map = maps.get(name);
      const ofKey = Object.values(labels).filter((label) => label.constant === undefined && label.from === 'key');
      return map !== undefined && ofKey.some((label) => isCgroup(readBy(label, map).at(-1))) ? [name] : [];
    }),
  );
  const shorter = new Map<string, MapDescription>();
  for (const [name, map] of maps) {
    const { key, type, events } = map;
    const { isReadable, isArray, isNested } = mapKind(type);
    if (events || isRead.has(name) || key?.kind !== 'struct' || !isReadable || isArray || isNested) continue;
    const last = key.fields.at(-1);
    if (last === undefined || last.offset === 0 || !isCgroup(last)) continue;
    // The field stays in the layout: messages list it, and a label that reads it would keep it in the key.
    shorter.set(name, { ...map, keySize: last.offset, key: { ...key, size: last.offset } });
  }
  return shorter;
}

interface Read {
  /** Undefined for the whole key or value. */
  readonly name?: string;
  readonly layout: Layout;
}

/** The key or value that a label reads, and what its path leads through; up to an unknown name, which `bindMetrics` reports. */
function readBy(label: LabelSpec, map: MapDescription): Read[] {
  const isOfEntry = label.constant === undefined && (label.from === 'key' || label.from === 'value');
  const origin = isOfEntry ? map[label.from] : undefined;
  if (!isOfEntry || origin === undefined) return [];
  const fields: Read[] = [{ layout: origin }];
  for (const [, name] of (label.field ?? '').matchAll(/([A-Za-z_]\w*)|\[\d+\]/g)) {
    const { layout } = fields.at(-1)!;
    const next = name === undefined ? elementOf(layout) : memberOf(layout, name);
    if (next === undefined) break;
    fields.push(next);
  }
  return fields;
}

function elementOf(layout: Layout): Read | undefined {
  return layout.kind === 'array' ? { layout: layout.element } : undefined;
}

function memberOf(layout: Layout, name: string): Read | undefined {
  return layout.kind === 'struct' || layout.kind === 'union'
    ? layout.fields.find((field) => field.name === name)
    : undefined;
}

function isCgroup(field: Read | undefined): boolean {
  return field?.name === 'cgroup' && field.layout.kind === 'integer' && field.layout.size === 8;
}
