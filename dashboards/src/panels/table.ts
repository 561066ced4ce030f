import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { identityLabels } from '../query.js';
import { type Column, emptyCell, overridesOf } from './column.js';
import { labelColumn } from './label.js';
import { type CellLink, rowLink } from './row_link.js';
import { thresholds } from './steps.js';
import { instant } from './target.js';
import { described, type PanelText } from './text.js';
import { orZeroAs, zero } from './zero.js';

export interface Table extends PanelText {
  /** Columns of text. All queries must have exactly these labels; `identity` stands for those that the variable of that name chooses. */
  readonly labels: readonly string[];
  /** Titles that differ from those of `label.ts`, by label. */
  readonly titles?: Readonly<Record<string, string>>;
  /** Pixels of columns of text where those of `label.ts` do not fit, by label. */
  readonly widths?: Readonly<Record<string, number>>;
  readonly columns: readonly Column[];
  /** Links of columns of text, by label: `${__value.raw}` stands for the text. Default: to the same row on the dashboard with the details. */
  readonly cellLinks?: Readonly<Record<string, CellLink>>;
  /** Title of the column to sort by, highest first unless `ascending`, and then by the first column of numbers. Default: that column. */
  readonly sortBy?: string;
  readonly ascending?: boolean;
}

/** Pixels of a column of text. Grafana's own 150 pushes the numbers of a narrow table behind a scroll bar. */
const narrowest = 80;

/** Rows by labels, with values at the end of the time range. With `nothing` an empty table says so in its first column without links. */
export function table({
  labels: given,
  titles: ownTitles = {},
  widths = {},
  columns,
  cellLinks = {},
  sortBy,
  ascending = false,
  ...text
}: Table): PanelBuilder {
  const others = identityLabels.filter((label) => !given.includes(label));
  const linkOf = (label: string) => cellLinks[label] ?? rowLink(label, text.details);
  // What did not happen must not look like a link.
  const remark = given.find((label) => linkOf(label) === undefined) ?? 'remark';
  const known = text.nothing === undefined || given.includes(remark) ? given : [...given, remark];
  const labels = known.flatMap((label) => (label === 'identity' ? [label, ...others] : label));
  // Grafana calls the column of a single query Value, those of several Value #A, Value #B.
  const valueName = (position: number) =>
    columns.length === 1 ? 'Value' : `Value #${String.fromCharCode('A'.charCodeAt(0) + position)}`;
  const titleOf = (label: string) => labelColumn(label, ownTitles[label]).title;
  const names = [...labels, ...columns.map((_, position) => valueName(position))];
  const titles = [...labels.map(titleOf), ...columns.map(({ title }) => title)];
  const expressions = columns.map(({ expr }) => expr);
  const panel = described(new PanelBuilder(), text, expressions)
    .targets(rowsOf(expressions, remark, text).map(instant))
    .thresholds(thresholds())
    .minWidth(narrowest)
    .sortBy(orderOf(columns[0]!.title, sortBy, ascending))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(['Time', ...names].map((name, position) => [name, position])),
        renameByName: Object.fromEntries(names.map((name, position) => [name, titles[position]])),
      },
    });
  for (const one of columns) panel.overrideByName(one.title, overridesOf(one));
  for (const label of labels) {
    const width = widths[label] ?? labelColumn(label, ownTitles[label]).width;
    const link = linkOf(label);
    const properties: DynamicConfigValue[] = [emptyCell];
    if (width !== undefined) properties.push({ id: 'custom.width', value: width });
    if (link !== undefined) properties.push({ id: 'links', value: [link] });
    panel.overrideByName(titleOf(label), properties);
  }
  return panel;
}

function orderOf(first: string, sortBy = first, ascending = false): TableSortByFieldStateBuilder[] {
  const chosen = new TableSortByFieldStateBuilder().displayName(sortBy).desc(!ascending);
  return sortBy === first ? [chosen] : [chosen, new TableSortByFieldStateBuilder().displayName(first).desc(true)];
}

/** The queries, the first with a row that says what did not happen if there is no other. @param remark label that says it */
function rowsOf(expressions: readonly string[], remark: string, { nothing, probe }: PanelText): string[] {
  const [first, ...others] = expressions as [string, ...string[]];
  if (nothing === undefined) return [first, ...others];
  const found = others.map((expr) => `(${expr})`).join(' or ');
  const none = zero(expressions, probe) + (others.length === 0 ? '' : ` unless on () (${found})`);
  return [orZeroAs(first, nothing, remark, none), ...others];
}
