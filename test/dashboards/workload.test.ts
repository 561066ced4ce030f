import { expect, test } from 'vitest';
import { byWorkload, podName } from '../../dashboards/src/kubernetes/workload.js';

const workloadOf = (pod: string) => new RegExp(`^(?:${podName})$`).exec(pod)?.[1];

test.each([
  ['deployment', 'web-7d4b9c6f5d-x2k4z', 'web'],
  ['deployment with dashes', 'shop-web-api-5d9c7b8f6-zzkqp', 'shop-web-api'],
  ['daemon set', 'node-exporter-8xk2p', 'node-exporter'],
  ['job of a cron job', 'backup-28471620-vq8tm', 'backup-28471620'],
  ['stateful set', 'postgres-0', 'postgres'],
  ['stateful set, two digits', 'kafka-broker-12', 'kafka-broker'],
  ['bare pod', 'debug', undefined],
  ['bare pod with a word behind a dash', 'my-shell', undefined],
])('the workload of a pod of a %s: %s', (_, pod, workload) => {
  expect(workloadOf(pod)).toBe(workload);
});

test('the recording rule of kubernetes-mixin comes before the name, and a bare pod is its own workload', () => {
  const query = byWorkload('x');
  expect(query.indexOf('namespace_workload_pod:kube_pod_owner:relabel')).toBeLessThan(query.indexOf('label_replace'));
  expect(query).toContain('label_replace(x, "workload", "$1", "pod", "(.+)")');
});
