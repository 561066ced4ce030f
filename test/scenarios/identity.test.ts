import { expect, test } from 'vitest';
import { catalogue } from './catalogue.mjs';
import { identified } from './identity.mjs';

test('the default identity changes nothing', () => {
  for (const scenario of catalogue.values()) expect(identified(scenario, ['command'])).toEqual(scenario);
});

test('names of recorded series follow the identity', () => {
  const symptoms = (name: string, ...identity: string[]) => identified(catalogue.get(name)!, identity).symptom;
  expect(symptoms('fork_storm', 'unit', 'command')).toBe(
    'instance_unit_command:santabpf_forks:rate1m{command="deploy-hook"} > 0',
  );
  expect(symptoms('short_lived_jobs', 'namespace', 'pod', 'container')).toBe(
    'instance_namespace_pod_container_user:santabpf_short_lived_cpu:rate1m > 0',
  );
  expect(symptoms('page_cache_starvation', 'unit')).toBe(
    'instance_unit_cause:santabpf_disk_read_bytes:rate1m{cause="read"} > 0',
  );
});

test('without commands the culprit is what has no container, and other labels stay', () => {
  const expected = (name: string) => identified(catalogue.get(name)!, ['namespace', 'pod', 'container']).expected;
  expect(expected('cpu_high')).toEqual([{ alert: 'SantaCpuHigh', labels: {}, culprit: '(no ' }]);
  expect(expected('crash_loop')[0]).toEqual({
    alert: 'SantaCrashLoop',
    labels: { signal: 'SIGSEGV' },
    culprit: '(no ',
  });
  expect(expected('packets_dropped')[0]!.culprit).toBe('SOCKET_RCVBUFF, lo');
  expect(identified(catalogue.get('unexpected_privilege')!, ['unit']).unsupported!()).toContain('command');
});
