import { describe, expect, test } from 'vitest';
import { load, probeOf, refusal } from './configuration_folder.js';

const both = '{ command: command.name, cgroup: cgroup }';
const own = `{ parent: { field: parent.name, only_with: command }, errno: {} }`;
const probe = probeOf({ identity: both, labels: own });

/** The spec of probe `p` with this main file. */
function specOf(main: string, text = probe) {
  return load({ 'main.yaml': `${main}\n`, 'probes/p.yaml': text }).probes[0]!.spec;
}

const labelsOf = (main: string, text?: string) => specOf(main, text).metrics[0]!.labels;

describe('identity', () => {
  test('is the command, unless the main file says otherwise', () => {
    expect(labelsOf('probes: [p]')).toEqual({
      command: { from: 'key', field: 'command.name', decode: [{ kind: 'string' }] },
      parent: { from: 'key', field: 'parent.name' },
      errno: { from: 'key' },
    });
  });

  test('becomes labels in its order, before those of the metric', () => {
    const labels = labelsOf('probes: [p]\nidentity: [unit, command, container_id]');
    expect(Object.keys(labels)).toEqual(['unit', 'command', 'container_id', 'parent', 'errno']);
    expect(labels.container_id).toEqual({ from: 'key', field: 'cgroup', decode: [{ kind: 'container_id' }] });
    expect(labels.constructor).toBeUndefined();
  });

  test('without a command, labels go that name other commands', () => {
    expect(Object.keys(labelsOf('probes: [p]\nidentity: [unit]'))).toEqual(['unit', 'errno']);
  });

  test('of a probe stands in place of that of the main file', () => {
    const main = 'probes: [{ probe: p, identity: [pod] }]\nidentity: [unit, command]';
    expect(Object.keys(labelsOf(main))).toEqual(['pod', 'errno']);
  });

  test('reads what the metric has: fields of the value, or no command', () => {
    const main = 'probes: [p]\nidentity: [unit, command]';
    expect(labelsOf(main, probeOf({ identity: '{ cgroup: server.cgroup, from: value }' }))).toEqual({
      unit: { from: 'value', field: 'server.cgroup', decode: [{ kind: 'unit' }] },
    });
    expect(labelsOf(main, probeOf({ labels: '{ errno: {} }' }))).toEqual({ errno: { from: 'key' } });
  });

  test('does not replace a label that the metric has already', () => {
    const text = probeOf({ identity: both, labels: '{ cgroup: { field: path.name } }' });
    expect(labelsOf('probes: [p]\nidentity: [cgroup, command]', text)).toEqual({
      command: { from: 'key', field: 'command.name', decode: [{ kind: 'string' }] },
      cgroup: { from: 'key', field: 'path.name' },
    });
  });

  test('can be dropped label by label', () => {
    const main = (drop: string) => `probes: [{ probe: p, labels: { drop: ${drop} } }]\nidentity: [unit, command]`;
    expect(Object.keys(labelsOf(main('[command]')))).toEqual(['unit', 'parent', 'errno']);
    expect(refusal({ 'main.yaml': `${main('[pod]')}\n`, 'probes/p.yaml': probe })).toContain(
      'No metric of probe "p" has a label "pod"',
    );
  });

  test.each([
    ['probes: [p]', undefined],
    ['probes: [p]\nidentity: [unit, command]', undefined],
    ['probes: [p]\nidentity: [unit]', true],
    ['probes: [{ probe: p, labels: { drop: [command] } }]', undefined],
    ['probes: [{ probe: p, labels: { drop: [command, parent] } }]', true],
  ])('says whether programs must collect commands: %s', (main, leavesOutCommand) => {
    expect(specOf(main).leavesOutCommand).toBe(leavesOutCommand);
  });

  test('leaves programs alone whose metrics do not say who did it', () => {
    const text = probeOf({ labels: '{ name: { field: comm } }' });
    expect(specOf('probes: [p]\nidentity: [unit]', text).leavesOutCommand).toBeUndefined();
  });
});
