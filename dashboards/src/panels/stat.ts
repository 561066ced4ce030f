import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { range } from './target.js';
import { described, linkTo, type PanelText, type Step, thresholds } from './text.js';

export interface Stat extends PanelText {
  readonly expr: string;
  readonly unit: string;
  readonly decimals?: number;
  /** Where it begins to be bad; green below. Without any it is a number that is neither good nor bad. */
  readonly steps?: readonly Step[];
}

/** The last value, as a large number over its course. */
export function stat({ expr, unit, decimals, steps, ...text }: Stat): PanelBuilder {
  const panel = described(new PanelBuilder(), text)
    .withTarget(range({ expr, legend: '' }))
    .unit(unit)
    .thresholds(thresholds(steps))
    .colorScheme(
      steps
        ? new FieldColorBuilder().mode(FieldColorModeId.Thresholds)
        : new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor('blue'),
    )
    .graphMode(BigValueGraphMode.Area)
    .colorMode(BigValueColorMode.Value)
    .textMode(BigValueTextMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''));
  if (decimals !== undefined) panel.decimals(decimals);
  if (text.down !== undefined) panel.dataLinks([linkTo(text.down)]);
  return panel;
}
