import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

/** The workload's too, which is a child of this process. */
function ownMemoryCgroup(): string {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  const line = lines.find((one) => /^\d+:([\w=]+,)*memory[,:]/.test(one)) ?? lines.find((one) => one.startsWith('0::'));
  return line?.replace(/^\d+:[^:]*:/, '') ?? '/';
}

describe('exits', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('exits') }, [
      ['exits', '9'],
      ['killed', 'TERM'],
    ]);
  });
  afterAll(() => truth?.stop());

  test('counts processes by exit code', async () => {
    const works = [0, 1, 42, 255].map((code) => ['--comm', 'gt-exits', 'exits', 100 + code, code]);
    const measured = await truth.measureAll(...works);
    expect(measured.growths('process_exits_total', { command: 'gt-exits' })).toEqual({
      'code="0"': 100,
      'code="1"': 101,
      'code="42"': 142,
      'code="255"': 355,
    });
    expect(measured.growths('process_kills_total', { command: 'gt-exits' })).toEqual({});
  });

  test('counts processes by the signal that ended them', async () => {
    const signals = ['KILL', 'TERM', 'SEGV', 'ABRT', 'HUP'];
    const works = signals.map((signal, index) => ['--comm', 'gt-killed', 'killed', 100 + index, signal]);
    const measured = await truth.measureAll(...works);
    expect(measured.growths('process_kills_total', { command: 'gt-killed' })).toEqual(
      Object.fromEntries(signals.map((signal, index) => [`signal="SIG${signal}"`, 100 + index])),
    );
    expect(measured.growths('process_exits_total', { command: 'gt-killed' })).toEqual({});
  });

  test('counts a process once, whichever thread exits last', async () => {
    const measured = await truth.measure('--comm', 'gt-groups', 'exits', 200, 3, 7);
    expect(measured.growths('process_exits_total', { command: 'gt-groups' })).toEqual({ 'code="3"': 200 });
  });

  test('does not count threads', async () => {
    const measured = await truth.measure('--comm', 'gt-threads', 'threads', 500);
    expect(measured.growths('process_exits_total', { command: 'gt-threads' })).toEqual({});
    expect(measured.growths('process_kills_total', { command: 'gt-threads' })).toEqual({});
  });

  test('counts ends of services and containers by exit code and signal', async () => {
    const measured = await truth.measureAll(
      ['--comm', 'gt-supervisor', 'services', 50, 1, 'gt-service'],
      ['--comm', 'gt-supervisor', 'services', 40, 0, 'gt-service'],
      ['--comm', 'gt-supervisor', 'services', 30, 'KILL', 'gt-service'],
      ['--comm', 'gt-runtime', 'services', 20, 3, 'gt-main', 'container'],
    );
    const service = { command: 'gt-service', parent: 'gt-supervisor', cgroup: ownMemoryCgroup() };
    expect(measured.growths('service_exits_total', service)).toEqual({
      'code="1",signal="none"': 50,
      'code="0",signal="none"': 40,
      'code="0",signal="SIGKILL"': 30,
    });
    expect(measured.growth('service_exits_total', { command: 'gt-main', code: '3', signal: 'none' })).toBe(20);
  });

  test('counts as services neither jobs of a shell, terminals, workers nor processes that entered a container', async () => {
    const measured = await truth.measureAll(
      ['--comm', 'gt-shell', 'exits', 30, 1],
      ['--comm', 'gt-terminal', 'services', 30, 1, 'gt-login', 'terminal'],
      ['--comm', 'gt-server', 'services', 30, 1, 'gt-server'],
      ['--comm', 'gt-runtime', 'services', 30, 1, 'gt-health-check', 'entered'],
    );
    for (const command of ['gt-shell', 'gt-login', 'gt-server', 'gt-health-check'])
      expect(measured.growths('service_exits_total', { command })).toEqual({});
    expect(measured.growth('process_exits_total', { command: 'gt-health-check', code: '1' })).toBe(30);
  });
});
