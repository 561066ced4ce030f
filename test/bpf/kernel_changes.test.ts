import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { repository } from '../harness/reachable_copy.js';
import { needs } from '../harness/requirements.js';

/** Users without an account: one runs the exporter under test, the other runs the workload. */
const operator = '4242424242';
const person = '4242424243';

const logIn = ['sh', '-c', `echo ${operator} > /proc/self/loginuid && exec "$@"`, 'sh'];
// unshare ignores SIGTERM while it waits for its child.
const unshare = 'trap "kill -KILL \\$!" TERM; unshare --pid --fork --kill-child --mount-proc "$@" & wait';
const ownNamespace = ['sh', '-c', unshare, 'sh'];

describe.each([
  ['', logIn],
  [' in its own PID namespace', [...ownNamespace, ...logIn]],
])('kernel_changes%s', (_, wrapper) => {
  describe('with BPF', needs({ root: true, bpf: true, commands: ['unshare'] }), () => {
    let truth: GroundTruth;
    beforeAll(async () => {
      truth = await GroundTruth.start({ config: configFor('kernel_changes'), wrapper }, [['bpf-loads', 'refused']]);
    });
    afterAll(() => truth?.stop());

    test('counts loaded BPF programs by command, user and login', async () => {
      const measured = await truth.measureAll(
        ['--comm', 'gt-bpf', '--login', person, 'bpf-loads', 500],
        ['--comm', 'gt-bpf', 'bpf-loads', 200],
        ['--comm', 'gt-refused', 'bpf-loads', 100, 'refused'],
      );
      const labels = { kind: 'bpf_program', type: 'SOCKET_FILTER', name: 'counted', user: 'root' };
      expect(measured.growths('kernel_changes_total', { ...labels, command: 'gt-bpf' })).toEqual({
        [`login="${person}"`]: 500,
        'login="none"': 200,
      });
      expect(measured.growths('kernel_changes_total', { command: 'gt-refused' })).toEqual({});
      expect(measured.growths('kernel_changes_total', { command: 'noise-bpf-loads' })).toEqual({});
    });

    test('counts small programs that can act, and no feature probes', async () => {
      const acting = ['long', 'kills', 'reports', 'allows'];
      const probing = ['name-test', 'data-test', 'attach-test', 'read-test', 'cookie-test', 'stack-test'];
      const measured = await truth.measureAll(
        ...[...acting, ...probing].map((program) => [
          '--comm',
          'gt-small',
          'bpf-loads',
          20,
          program,
          program.replace('-', '_'),
        ]),
      );
      const growths = measured.growths('kernel_changes_total', { command: 'gt-small', user: 'root', login: 'none' });
      expect(growths).toEqual({
        'kind="bpf_program",type="SOCKET_FILTER",name="long"': 20,
        'kind="bpf_program",type="TRACEPOINT",name="kills"': 20,
        'kind="bpf_program",type="TRACEPOINT",name="reports"': 20,
        'kind="bpf_program",type="CGROUP_SYSCTL",name="allows"': 20,
      });
    });

    test('does not count programs that the exporter loads, at start or at a reload', async () => {
      const { exporter } = truth;
      exporter.write({ 'santabpf.yaml': configFor('kernel_changes', 'forks', 'exits') });
      await fetch(`${exporter.url}/-/reload`, { method: 'POST' });
      const samples = await truth.scrape();
      expect(samples.values('probe_state', { state: 'up' }).get('probe="forks"')).toBe(1);
      expect(samples.values('kernel_changes_total', { login: operator })).toEqual(new Map());
    });

    test('counts programs that another exporter of the same user loads', async () => {
      execFileSync('sh', [
        ...logIn.slice(1),
        process.execPath,
        `${repository}/dist/main.js`,
        `--config.file=${truth.exporter.configFile}`,
        '--config.check',
      ]);
      const samples = await truth.scrape();
      const named = [...samples.values('kernel_changes_total', { login: operator }).keys()].join('\n');
      expect(named).toContain('name="count_fork"');
    });
  });
});
