import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { instant } from './target.js';
import { described, type PanelText, type Step, thresholds } from './text.js';

/** A column of numbers. */
export interface Column {
  readonly title: string;
  readonly expr: string;
  readonly unit: string;
  readonly decimals?: number;
  /** From these values on the cell has these colours. */
  readonly steps?: readonly Step[];
  /** Words in place of these numbers. */
  readonly words?: Readonly<Record<number, string>>;
}

export interface Table extends PanelText {
  /** Columns of text: label to title. All queries must have just these labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly columns: readonly Column[];
  /** Links of columns of text, by title: `${__value.raw}` stands for the text. */
  readonly cellLinks?: Readonly<Record<string, { readonly title: string; readonly url: string }>>;
  /** Pixels of columns of text, by title; the others share the rest. */
  readonly widths?: Readonly<Record<string, number>>;
  /** Title of the column to sort by, highest first unless `ascending`. Default: the first column of numbers. */
  readonly sortBy?: string;
  readonly ascending?: boolean;
}

/** Pixels of a column of text; Grafana's own 150 hides the numbers of a narrow table behind a scroll bar. */
const narrowest = 80;

/** What the panel says when it is empty is too long for a cell. */
const emptyCell: DynamicConfigValue = { id: 'noValue', value: '–' };

/** Rows by labels, values at the end of the shown time. */
export function table({
  labels,
  columns,
  cellLinks = {},
  widths = {},
  sortBy,
  ascending = false,
  ...text
}: Table): PanelBuilder {
  // Grafana calls the column of a single query Value, those of several Value #A, Value #B.
  const valueName = (position: number) =>
    columns.length === 1 ? 'Value' : `Value #${String.fromCharCode('A'.charCodeAt(0) + position)}`;
  const names = [...Object.keys(labels), ...columns.map((_, position) => valueName(position))];
  const titles = [...Object.values(labels), ...columns.map(({ title }) => title)];
  const panel = described(new PanelBuilder(), text)
    .targets(columns.map(({ expr }, position) => instant(expr, position)))
    .thresholds(thresholds())
    .minWidth(narrowest)
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortBy ?? columns[0]!.title).desc(!ascending)])
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(['Time', ...names].map((name, position) => [name, position])),
        renameByName: Object.fromEntries(names.map((name, position) => [name, titles[position]])),
      },
    });
  for (const column of columns) panel.overrideByName(column.title, propertiesOf(column));
  for (const title of Object.values(labels)) {
    const properties: DynamicConfigValue[] = [emptyCell];
    if (title in widths) properties.push({ id: 'custom.width', value: widths[title] });
    if (title in cellLinks) properties.push({ id: 'links', value: [{ ...cellLinks[title], targetBlank: true }] });
    panel.overrideByName(title, properties);
  }
  return panel;
}

function propertiesOf(column: Column): DynamicConfigValue[] {
  const { unit, decimals, steps, words } = column;
  const properties: DynamicConfigValue[] = [
    { id: 'unit', value: unit },
    emptyCell,
    { id: 'custom.width', value: widthOf(column) },
  ];
  if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals });
  if (steps) {
    properties.push(
      { id: 'thresholds', value: thresholds(steps).build() },
      { id: 'custom.displayMode', value: 'color-text' },
    );
  }
  if (words) {
    const mappings = Object.entries(words).map(([value, word], id) => ({ id, type: 1, value, text: word }));
    properties.push({ id: 'mappings', value: mappings });
  }
  return properties;
}

/** Pixels for numbers, their title and the arrow that tells the order; columns of text share the rest. */
function widthOf({ title, unit }: Column): number {
  const numbers = unit.startsWith('dateTime') ? 170 : unit === 'locale' ? 100 : 92;
  return Math.max(numbers, 48 + 7 * title.length);
}
