/** The metrics of one probe as a scrape shows them: what a dashboard needs to know about the probe. */
import type { LabelSpec } from './label_schema.js';
import type { MetricSpec } from './metric_schema.js';
import type { PlainConfiguration } from './plain_configuration.js';

/** One metric, by its full name. */
export interface ShownMetric {
  /** With the prefix. */
  readonly name: string;
  /** As the probe file has it. */
  readonly bareName: string;
  readonly type: MetricSpec['type'];
  readonly help: string;
  /** Names of the labels whose values can differ, those of the identity first. */
  readonly labels: readonly string[];
}

/** Plain data. */
export interface ProbeMetrics {
  readonly probe: string;
  readonly summary: string;
  /** With unique names, in the order of the probe file. */
  readonly metrics: readonly ShownMetric[];
}

/** The metrics of the only probe of a configuration. */
export function probeMetrics({ metricPrefix, identity, probes }: PlainConfiguration): ProbeMetrics {
  const { probe, summary, metrics } = probes[0]!.spec;
  const names = [...new Set(metrics.map(({ name }) => name))];
  return {
    probe,
    summary,
    metrics: names.map((name) => {
      // Several maps or values can be one metric.
      const members = metrics.filter((metric) => metric.name === name);
      const { type, help } = members[0]!;
      const labels = labelsThatDiffer(members);
      const who = identity.filter((label) => labels.includes(label));
      const others = labels.filter((label) => !who.some((one) => one === label));
      return { name: `${metricPrefix}${name}`, bareName: name, type, help, labels: [...who, ...others] };
    }),
  };
}

function labelsThatDiffer(members: readonly MetricSpec[]): string[] {
  const all = new Set(members.flatMap(({ labels }) => Object.keys(labels)));
  return [...all].filter((name) => {
    const values = members.map(({ labels }): LabelSpec | undefined => labels[name]);
    const isFixed = values.every((label) => label?.constant !== undefined && label.constant === values[0]?.constant);
    return !isFixed;
  });
}
