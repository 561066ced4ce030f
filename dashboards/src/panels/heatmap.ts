import { AxisPlacement, VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import {
  CellValuesBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  PanelBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { type Unit, unit } from '../units.js';
import { points } from './points.js';
import { bucketRates } from './target.js';
import { described, type PanelText } from './text.js';
import { orZeroAs, zero } from './zero.js';

export interface Heatmap extends PanelText {
  /** Rates by `le`. */
  readonly expr: string;
  /** Unit of the bucket bounds. */
  readonly unit: Unit;
}

/** A histogram over time: the brighter a cell (darker in the light theme), the more events fell into the bucket. */
export function heatmap({ expr, unit: bounds, ...text }: Heatmap): PanelBuilder {
  return described(new PanelBuilder(), text, [expr])
    .withTarget(bucketRates(text.nothing === undefined ? expr : orZeroAs(expr, '+Inf', 'le', zero([expr], text.probe))))
    .maxDataPoints(points.costly)
    .unit(bounds)
    .calculate(false)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Viridis')
        .fill('dark-orange')
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64),
    )
    .cellGap(1)
    .cellValues(new CellValuesBuilder().unit(unit.perSecond))
    .showValue(VisibilityMode.Never)
    .yAxis(new YAxisConfigBuilder().unit(bounds).decimals(0).axisPlacement(AxisPlacement.Left));
}
