import { afterAll } from 'vitest';
import type { LabelSpec, MetricSpec, ProbeSpec } from '../../src/config/probe_schema.js';
import type { MapDescription } from '../../src/decode/map_description.js';
import { bindMetrics, type MetricBinding } from '../../src/decode/metric_binding.js';
import { Faults, type SantaError } from '../../src/errors/fault.js';
import { fixtureMaps } from './fixture_types.js';
import { FakeContext } from './probe_context.js';

/** Settings of a metric; the rest has defaults. */
export type Metric = Partial<Omit<MetricSpec, 'labels'>> & { labels?: Record<string, LabelSpec> };

/** The host that labels are decoded with. */
export const context = new FakeContext();
afterAll(() => context.remove());

/** Binds metrics to the maps of the fixture. The file of every location is the path of the setting. */
export function bind(
  metrics: readonly Metric[],
  maps: ReadonlyMap<string, MapDescription> = fixtureMaps(),
): MetricBinding[] {
  const spec: ProbeSpec = {
    probe: 'p',
    summary: 'S.',
    constants: {},
    maps: {},
    events: {},
    budget: undefined,
    metrics: metrics.map(metric),
  };
  return bindMetrics(spec, maps, context, (path) => ({ file: path.join('.'), line: 1, column: 1 }));
}

function metric(settings: Metric): MetricSpec {
  return { name: 'm', type: 'counter', help: 'Help.', map: 'events', labels: {}, limit: 100, ...settings };
}

/** A label of a field of the key. */
export function key(field?: string): LabelSpec {
  return { from: 'key', ...(field !== undefined && { field }) };
}

/** The faults with which metrics are refused. */
export function faultsOf(
  metrics: readonly Metric[],
  maps?: ReadonlyMap<string, MapDescription>,
): readonly SantaError[] {
  try {
    bind(metrics, maps);
  } catch (error) {
    if (error instanceof Faults) return error.faults;
    throw error;
  }
  return [];
}
