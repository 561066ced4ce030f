/** How panels of one metric group its series. */
import { type Band, band } from '../grid.js';
import { type Lines, lines } from '../panels/index.js';
import { type DrawnMetric, labelTitle } from './drawn_metric.js';

/** Most lines of a graph, and most rows of a table. */
export const topLines = 10;
export const topRows = 20;

/** A template for labels: `{{command}} {{operation}}`. */
export function legendOf(labels: readonly string[]): string {
  return labels.map((label) => `{{${label}}}`).join(' ');
}

/** Labels in words: `command and operation`. */
export function inWords(labels: readonly string[]): string {
  const names = labels.map((label) => label.replaceAll('_', ' '));
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Titles of a table's columns, since the labels of users' own probes are not known beforehand. */
export function columnTitles(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label) => [label, label === 'instance' ? 'Host' : labelTitle(label)]));
}

/** Rows of up to three graphs, one for each label of a metric that has several. @param of the graph by one label */
export function byEachLabel({ labels }: DrawnMetric, of: (label: string) => Lines): Band[] {
  if (labels.length < 2) return [];
  const bands: Band[] = [];
  for (let first = 0; first < labels.length; first += 3) {
    const some = labels.slice(first, first + 3);
    bands.push(band(8, ...some.map((label) => [24 / some.length, lines(of(label))] as const)));
  }
  return bands;
}
