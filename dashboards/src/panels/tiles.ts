import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { Unit } from '../units.js';
import { points } from './points.js';
import type { CellLink } from './row_link.js';
import { type Step, thresholds } from './steps.js';
import { range } from './target.js';
import { described, type PanelText } from './text.js';
import { wordsFor } from './words.js';

export interface Tiles extends PanelText {
  readonly expr: string;
  /** A template over the labels: the name of a tile. */
  readonly legend: string;
  readonly unit: Unit;
  readonly steps: readonly Step[];
  /** Words instead of these numbers. */
  readonly words: Readonly<Record<number, string>>;
  readonly link: CellLink;
}

/** A coloured tile for each series, with its name and last value. */
export function tiles({ expr, legend, unit, steps, words, link, ...text }: Tiles): PanelBuilder {
  return described(new PanelBuilder(), text, [expr])
    .withTarget(range({ expr, legend }))
    .maxDataPoints(points.behindNumber)
    .unit(unit)
    .mappings(wordsFor(words) as never)
    .thresholds(thresholds(steps))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .justifyMode(BigValueJustifyMode.Center)
    .textMode(BigValueTextMode.ValueAndName)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
    .dataLinks([{ build: () => ({ ...link }) as never }]);
}
