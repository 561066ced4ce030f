import type { MetricSpec } from '../config/probe_schema.js';
import { unitOf } from '../config/units.js';
import type { HistogramSamples, ScalarSamples, SeriesTexts } from './family.js';

/**
 * The samples of a metric.
 * @param bounds of a histogram
 * @param width numbers of a series
 */
export function samplesOf(
  series: SeriesTexts,
  values: Float64Array,
  spec: MetricSpec,
  bounds: readonly number[] | undefined,
  width: number,
): ScalarSamples | HistogramSamples {
  const unit = unitOf(spec.unit);
  const per = unit.per / unit.times;
  if (!bounds) return { kind: 'scalar', series, values, per };
  return { kind: 'histogram', series, values, per, width, bounds, hasSum: width > bounds.length + 1 };
}
