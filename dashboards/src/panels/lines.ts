import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { type Unit, unit as units } from '../units.js';
import { pointsOf } from './points.js';
import { type RangeQuery, range } from './target.js';
import { described, type PanelText } from './text.js';
import { zero } from './zero.js';

export interface Lines extends PanelText {
  readonly queries: readonly RangeQuery[];
  readonly unit: Unit;
  /** stacked: parts of a whole. bars: rare events, stacked. Default: lines. */
  readonly style?: 'lines' | 'stacked' | 'bars';
  /** Logarithmic axis, for values that span several powers of ten. */
  readonly log?: boolean;
  readonly max?: number;
  /** Names too long for a legend at the right of the graph. */
  readonly longNames?: boolean;
}

/** Position of the query for what did not happen: its letter is Z. */
const NOTHING = 25;

/** From this width on the legend fits to the right of the graph, at 1280 pixels. */
const WIDE = 12;

/** Values over time. */
export function lines(panel: Lines): { build(width: number): Panel } {
  return { build: (width) => builderOf(panel).legend(legendFor(width, panel.longNames)).build() };
}

function legendFor(width: number, longNames = false): VizLegendOptionsBuilder {
  const legend = new VizLegendOptionsBuilder().showLegend(true);
  if (width < WIDE || longNames)
    return legend.displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).calcs([]);
  return legend
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Right)
    .calcs(['mean', 'max'])
    .sortBy('Mean')
    .sortDesc(true);
}

function builderOf({ queries, unit, style = 'lines', log = false, max, ...text }: Lines): PanelBuilder {
  const expressions = queries.map(({ expr }) => expr);
  const panel = described(new PanelBuilder(), text, expressions)
    .targets([...queries.map(range), ...withoutEvents(expressions, unit, text)])
    .unit(unit)
    .drawStyle(style === 'bars' ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity({ lines: 0, stacked: 30, bars: 80 }[style])
    .showPoints(VisibilityMode.Auto)
    .spanNulls(false)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  const most = pointsOf(expressions);
  if (most !== undefined) panel.maxDataPoints(most);
  if (style !== 'lines') panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (log) panel.scaleDistribution(logarithmic(unit));
  else panel.min(0);
  if (max !== undefined) panel.max(max);
  if (text.nothing !== undefined) panel.overrideByName(text.nothing, asRemark(style));
  // Grafana 7.5 writes the text of an empty panel at each tick of a logarithmic axis, and all versions write it for a missing value.
  return panel.overrideByRegexp('/.*/', [{ id: 'noValue', value: '' }]);
}

/** How a series looks that is no data: grey, and without a line that would lie on top of others. */
function asRemark(style: Lines['style']): DynamicConfigValue[] {
  return [
    { id: 'color', value: { mode: 'fixed', fixedColor: '#808080' } },
    { id: 'custom.lineWidth', value: style === 'lines' ? 1 : 0 },
    { id: 'custom.fillOpacity', value: 0 },
    // An axis for zeros alone would end at 100.
    { id: 'custom.axisPlacement', value: 'hidden' },
  ];
}

/**
 * A series that says what did not happen if there is no other in the time range. A rate is 0 then; a share or a duration has no value.
 */
function withoutEvents(expressions: readonly string[], unit: Unit, { nothing, probe }: PanelText): DataqueryBuilder[] {
  if (nothing === undefined) return [];
  const value = unit === units.share || unit === units.seconds ? ' / 0' : '';
  const any = expressions.map((expr) => `(${expr})`).join(' or ');
  // A rate misses nothing between the moments at which it is taken; what is no rate is looked for at every point of the graph.
  const pause = expressions.every((expr) => expr.includes('[$__rate_interval]')) ? '$__rate_interval' : '$__interval';
  // Evaluated once, at the end.
  const found = `count_over_time((count(${any}))[$__range:${pause}] @ end())`;
  return [range({ expr: `${zero(expressions, probe)}${value} unless on () ${found}`, legend: nothing }, NOTHING)];
}

/** Powers of two for binary units such as MiB/s, whose ticks would be odd numbers otherwise. */
function logarithmic(unit: Unit): ScaleDistributionConfigBuilder {
  return new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(unit === units.bytesPerSecond ? 2 : 10);
}
