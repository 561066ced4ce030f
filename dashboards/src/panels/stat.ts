import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { Unit } from '../units.js';
import { points } from './points.js';
import { type Step, thresholds } from './steps.js';
import { range } from './target.js';
import { described, detailsLink, type PanelText } from './text.js';
import { wordsFor } from './words.js';
import { or, zero } from './zero.js';

export interface Stat extends PanelText {
  readonly expr: string;
  readonly unit: Unit;
  readonly decimals?: number;
  /** Colours, green below the first. Without steps the number is blue: neither good nor bad. */
  readonly steps?: readonly Step[];
}

/** The last value, as a large number over its graph. With `nothing` the value is never 0, and that text replaces a missing one. */
export function stat({ expr, unit, decimals, steps, details, ...text }: Stat): PanelBuilder {
  const { nothing, probe } = text;
  const shown = nothing === undefined ? expr : or(`${expr} > 0`, zero([expr], probe));
  const panel = described(new PanelBuilder(), text, [expr])
    .withTarget(range({ expr: shown, legend: '' }))
    .maxDataPoints(points.behindNumber)
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
  if (nothing !== undefined) panel.mappings(wordsFor({ 0: nothing }) as never);
  // A link next to the title would cut the title of a narrow panel: a click on the number leads to the details.
  if (details !== undefined) panel.dataLinks([detailsLink(details)]);
  return panel;
}
