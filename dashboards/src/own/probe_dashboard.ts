import { createHash } from 'node:crypto';
import type { ProbeMetrics, ShownMetric } from '../../../src/config/probe_metrics.js';
import type { Dashboard, LabelVariable } from '../dashboard.js';
import type { Section } from '../grid.js';
import { select } from '../query.js';
import { counter } from './counter.js';
import { type DrawnMetric, drawnMetric, labelsOf, labelTitle, variableOf } from './drawn_metric.js';
import { gauge } from './gauge.js';
import { histogram } from './histogram.js';
import { probeState } from './probe_state.js';

const sectionOf: Readonly<Record<ShownMetric['type'], (metric: DrawnMetric) => Section>> = {
  counter,
  gauge,
  histogram,
};

/** A dashboard for one probe: its state, then a row per metric, and a variable per label. */
export function probeDashboard(probe: ProbeMetrics): Dashboard {
  const sections = probe.metrics.map((metric) => sectionOf[metric.type](drawnMetric(probe, metric)));
  return {
    uid: uidOf(probe.probe),
    title: `Probe ${probe.probe}`,
    description: /[.!?]$/.test(probe.summary) ? probe.summary : `${probe.summary}.`,
    variables: variablesOf(probe),
    sections: [probeState(probe.probe), ...sections],
  };
}

/** One per label, with the values in the first metric that has it. */
function variablesOf({ metrics }: ProbeMetrics): LabelVariable[] {
  const labels = [...new Set(metrics.flatMap(labelsOf))];
  return labels.map((label) => {
    const { name, type } = metrics.find((metric) => labelsOf(metric).includes(label))!;
    const series = select(type === 'histogram' ? `${name}_bucket` : name);
    // Some series may lack the label, such as the command of an interrupt.
    return { name: variableOf(label), title: labelTitle(label), series, all: '.*' };
  });
}

/** What Grafana allows. */
const longestUid = 40;

/** The same for the same probe at any time: importing the dashboard again replaces it. */
function uidOf(probe: string): string {
  const uid = `santabpf-probe-${probe}`;
  if (uid.length <= longestUid) return uid;
  const hash = createHash('sha256').update(probe).digest('hex').slice(0, 8);
  return `${uid.slice(0, longestUid - 9)}-${hash}`;
}
