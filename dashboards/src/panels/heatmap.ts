import { AxisPlacement, VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import {
  CellValuesBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  PanelBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { bucketRates } from './target.js';
import { described, type PanelText } from './text.js';

export interface Heatmap extends PanelText {
  /** Rates by `le`. */
  readonly expr: string;
  /** Of the bounds. */
  readonly unit: string;
}

/** A histogram over time: the darker a cell, the more happened there. */
export function heatmap({ expr, unit, ...text }: Heatmap): PanelBuilder {
  return described(new PanelBuilder(), text)
    .withTarget(bucketRates(expr))
    .unit(unit)
    .calculate(false)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .fill('dark-orange')
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64),
    )
    .cellGap(1)
    .cellValues(new CellValuesBuilder().unit('cps'))
    .showValue(VisibilityMode.Never)
    .yAxis(new YAxisConfigBuilder().unit(unit).axisPlacement(AxisPlacement.Left));
}
