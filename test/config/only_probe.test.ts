import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfiguration } from '../../src/config/load.js';
import { probeMetrics } from '../../src/config/probe_metrics.js';
import { Faults } from '../../src/errors/fault.js';
import { withFolder } from './configuration_folder.js';

const main = 'probes: [{ probe: p, labels: { drop: [command] } }]\nmetric_prefix: mine_\nidentity: [unit, command]\n';
const probeFile = `probe: p
summary: A probe.
object: p.bpf.o
metrics:
  - name: jobs_total
    type: counter
    help: Jobs.
    maps: { new: a, old: b }
    identity: { command: comm, cgroup: cgroup }
    labels: { age: { from: maps }, kind: { field: kind }, always: { constant: here } }
  - { name: waiting, type: gauge, help: Waiting., map: c }
`;
const files = {
  'main.yaml': main,
  'probes/p.yaml': probeFile,
  'probes/q.yaml': probeFile.replace('probe: p', 'probe: q').replaceAll('jobs', 'works'),
  'own/q.yaml': probeFile.replace('probe: p', 'probe: q').replaceAll('jobs', 'owns'),
  'own/wrong.yaml': 'probe: wrong\nmetrics: 7\n',
};

/** The metrics of one probe, or the codes of the faults. @param only a path in the folder, or a name */
function metricsOf(only: string, changes: Readonly<Record<string, string>> = {}) {
  return withFolder({ ...files, ...changes }, (folder) => {
    const probe = /[/]/.test(only) ? join(folder, only) : only;
    try {
      return probeMetrics(readConfiguration(join(folder, 'main.yaml'), { only: probe }));
    } catch (error) {
      if (error instanceof Faults) return error.faults.map(({ code, remedy }) => `${code} ${remedy}`);
      throw error;
    }
  });
}

test('a probe that the main file lists has its overrides, the prefix, and the labels of all its members once', () => {
  expect(metricsOf('p')).toEqual({
    probe: 'p',
    summary: 'A probe.',
    metrics: [
      {
        name: 'mine_jobs_total',
        bareName: 'jobs_total',
        type: 'counter',
        help: 'Jobs.',
        labels: ['unit', 'age', 'kind'],
      },
      { name: 'mine_waiting', bareName: 'waiting', type: 'gauge', help: 'Waiting.', labels: [] },
    ],
  });
});

test('so has the file of that probe', () => {
  expect(metricsOf('probes/p.yaml')).toEqual(metricsOf('p'));
});

test('a probe that the main file does not list has the labels of its identity first', () => {
  expect(metricsOf('q')).toMatchObject({
    metrics: [{ name: 'mine_works_total', labels: ['unit', 'command', 'age', 'kind'] }, {}],
  });
});

test('a file elsewhere wins over a probe of the same name, and needs no folder of probes', () => {
  const own = { metrics: [{ name: 'mine_owns_total', labels: ['unit', 'command', 'age', 'kind'] }, {}] };
  expect(metricsOf('own/q.yaml')).toMatchObject(own);
  expect(metricsOf('own/q.yaml', { 'main.yaml': `${main}probe_path: [nowhere]\n` })).toMatchObject(own);
});

test.each([
  ['r', {}, [/^CONFIG_PROBE_UNKNOWN /]],
  ['own/nothing.yaml', {}, [/^CONFIG_UNREADABLE /]],
  ['own/nothing.bt', {}, [/^CONFIG_UNREADABLE /]],
  ['own/wrong.yaml', {}, [/^CONFIG_MISSING_KEY /, /^CONFIG_VALUE /]],
  ['p', { 'main.yaml': `${main}probe_path: [nowhere]\n` }, [/^CONFIG_FOLDER /]],
  ['p', { 'main.yaml': `${main}metric_prefix: 1\n` }, [/^CONFIG_DUPLICATE_KEY /]],
])('%s is refused with %j', (only, changes, expected) => {
  const faults = metricsOf(only, changes);
  expect(faults).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
});
