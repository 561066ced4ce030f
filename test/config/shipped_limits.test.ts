import { describe, expect, it } from 'vitest';
import { shippedProbes } from '../docs/shipped_probes.js';

/** Labels whose values a user, a neighbour or a peer can make up. */
const openEnded = ['command', 'parent', 'user', 'uid', 'port', 'local_port', 'peer_port', 'cgroup'];

const metrics = shippedProbes().flatMap(({ spec }) =>
  spec.metrics
    .filter(({ type }) => type !== 'gauge')
    .map((metric) => ({ ...metric, labelNames: Object.keys(metric.labels) })),
);
const withOpenLabels = metrics.filter(({ labelNames }) => labelNames.some((name) => openEnded.includes(name)));

describe('shipped metrics', () => {
  it.each(withOpenLabels.map((metric) => [metric.name, metric] as const))(
    '%s: series end when they are idle',
    (_, metric) => {
      expect(metric.expireMs).toBeGreaterThanOrEqual(600_000);
    },
  );

  const byCommand = withOpenLabels.filter(({ labelNames }) => labelNames.includes('command'));
  it.each(byCommand.map((metric) => [metric.name, metric] as const))(
    '%s has few enough series by command to read',
    (_, metric) => {
      expect(metric.limit).toBeLessThanOrEqual(metric.type === 'histogram' ? 10_000 : 2000);
    },
  );

  it('by command alone have 1,000 commands', () => {
    const alone = byCommand.filter(({ labelNames, type }) => labelNames.length === 1 && type === 'counter');
    expect(alone.length).toBeGreaterThanOrEqual(3);
    for (const { name, limit } of alone) expect([name, limit]).toEqual([name, 1000]);
  });
});
