import type { MetricSpec } from '../config/probe_schema.js';
import { unitOf } from '../config/units.js';
import { fault } from '../errors/fault.js';
import type { Locate } from './fault_collector.js';
import type { Layout } from './layout.js';
import { describeField } from './layout_text.js';
import type { Selected } from './path.js';

/** Arrays without a unit that are no longer than this count small whole numbers, up to each power of two. */
const smallArray = 8;

/** The array of a histogram, or the struct around it. */
interface Slots {
  readonly selected: Selected;
  readonly count: number;
}

/**
 * Makes sure that something says what the slots count: the struct is one of bpf/include/histogram.h, or `buckets` says it.
 * @param slots undefined if every slot is an entry of the map
 * @throws HISTOGRAM_SHAPE_UNKNOWN, with a setting that would be accepted
 */
export function requireShape(spec: MetricSpec, slots: Slots | undefined, locate: Locate): void {
  if (saysShape(spec)) return;
  if (slots && isOwn(slots.selected.layout, 'size')) return;
  const { name, unit, buckets, value } = spec;
  const refuse = (problem: string, proposed: string | undefined) => {
    const location = locate(buckets ? ['buckets'] : value === undefined ? ['map'] : ['value']);
    return fault('HISTOGRAM_SHAPE_UNKNOWN', { metric: name, problem, proposal: proposed }, { location });
  };
  if (slots && isOwn(slots.selected.layout, 'time')) {
    if (unitOf(unit).base === 'seconds') return;
    throw refuse(`${slots.selected.title} is a struct time_histogram, but the metric has no unit of time`, undefined);
  }
  if (slots && slots.count <= smallArray && unit === undefined) return;
  throw refuse(slots ? describeField(slots.selected) : 'every slot is an entry of the map', proposal(spec));
}

/** Whether a value is a `struct time_histogram` and nothing says otherwise. */
export function isOwnTime(spec: MetricSpec, layout: Layout): boolean {
  return isOwn(layout, 'time') && !saysShape(spec);
}

function isOwn(layout: Layout, kind: 'time' | 'size'): boolean {
  return layout.kind === 'struct' && layout.type === `struct ${kind}_histogram`;
}

function saysShape({ buckets }: MetricSpec): boolean {
  return buckets !== undefined && (buckets.kind !== 'exp2' || buckets.edges !== undefined);
}

/** What the probe file says about the buckets, and the edges of bcc. */
function proposal({ buckets }: MetricSpec): string {
  const { kind: _, key, ...said } = buckets ?? { kind: 'exp2' };
  const settings = {
    ...(key && { key: key.field, ...(key.count !== undefined && { count: key.count }) }),
    edges: 'floor',
    ...(key && { last: 26 }),
    ...said,
  };
  const pairs = Object.entries(settings).map(([name, value]) => `${name}: ${quoted(String(value))}`);
  return `buckets: { ${pairs.join(', ')} }`;
}

/** Brackets would begin a list. */
function quoted(path: string): string {
  return path.includes('[') ? `"${path}"` : path;
}
