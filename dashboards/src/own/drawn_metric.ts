/** A metric as the panels of its section need it. */
import type { ProbeMetrics, ShownMetric } from '../../../src/config/probe_metrics.js';
import { type Unit, unit } from '../units.js';

export interface DrawnMetric {
  /** With the prefix. */
  readonly name: string;
  readonly title: string;
  /** One sentence or more. */
  readonly help: string;
  readonly probe: string;
  /** Names of labels as Prometheus stores them. */
  readonly labels: readonly string[];
  /** Of the values that the dashboard's variables choose. */
  readonly matchers: readonly string[];
  /** Of a value, or of the bounds of a histogram. */
  readonly unit: Unit;
  /** Of the rate of a counter. */
  readonly rateUnit: Unit;
}

export function drawnMetric({ probe, metrics }: ProbeMetrics, metric: ShownMetric): DrawnMetric {
  const { name, bareName, help } = metric;
  const title = titleOf(bareName);
  const isTaken = metrics.some((other) => other !== metric && titleOf(other.bareName) === title);
  const labels = labelsOf(metric);
  const value = unitOf(bareName);
  return {
    name,
    title: isTaken ? bareName : title,
    help: /[.!?]$/.test(help) ? help : `${help}.`,
    probe,
    labels,
    matchers: labels.map((label) => `${label}=~"$${variableOf(label)}"`),
    unit: value,
    rateUnit: rateUnits[value] ?? unit.perSecond,
  };
}

/** Variables that every dashboard has. */
const commonVariables = ['datasource', 'job', 'instance', 'identity'];

/** The dashboard's variable for a label. */
export function variableOf(label: string): string {
  return commonVariables.includes(label) ? `label_${label}` : label;
}

/** Labels of a metric as Prometheus stores them. */
export function labelsOf({ labels }: ShownMetric): string[] {
  return (
    labels
      // In queries of panels, `identity` is what the builder makes of several labels.
      .filter((label) => label !== 'identity')
      // The target's own labels win, unless the scrape has honor_labels.
      .map((label) => (label === 'job' || label === 'instance' ? `exported_${label}` : label))
  );
}

/** Text for a label in titles. */
export function labelTitle(label: string): string {
  return capitalized(label.replaceAll('_', ' ').trim() || label);
}

/** `file_opens_total` is `File opens`. */
function titleOf(bareName: string): string {
  const words = bareName
    .replace(/_total$/, '')
    .replaceAll('_', ' ')
    .trim();
  return words === '' ? bareName : capitalized(words);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The unit that a metric's name ends with. */
function unitOf(bareName: string): Unit {
  const name = bareName.replace(/_total$/, '');
  if (name.endsWith('_timestamp_seconds')) return unit.timestamp;
  if (name.endsWith('_seconds')) return unit.seconds;
  if (name.endsWith('_bytes')) return unit.bytes;
  if (name.endsWith('_ratio')) return unit.share;
  return unit.count;
}

/** Seconds per second are a number: of CPUs, or of tasks that wait. */
const rateUnits: Readonly<Partial<Record<Unit, Unit>>> = {
  [unit.bytes]: unit.bytesPerSecond,
  [unit.seconds]: unit.number,
  [unit.timestamp]: unit.number,
  [unit.share]: unit.number,
};
