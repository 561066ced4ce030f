import { expect, test } from 'vitest';
import { files } from '../../dashboards/src/index.js';

test('the parameter metric_prefix renames the metrics of probes, not those of the exporter and of recording rules', () => {
  const renamed = [...files('acme_').values()].join('');
  expect(renamed).toContain('acme_file_opens_total{');
  expect(renamed).toContain('acme_runqueue_wait_seconds_bucket{');
  expect(renamed).not.toContain('santabpf_file_opens_total');
  expect(renamed).toContain('santabpf_probe_state{');
  expect(renamed).toContain('instance_command:santabpf_cpu_seconds:rate1m');
  expect(renamed).toContain('"uid": "santabpf-overview"');
});

test('without a prefix a metric begins with its own name', () => {
  expect([...files('').values()].join('')).toContain('label_values(cpu_seconds_total{');
});
