import { describe, expect, test } from 'vitest';
import { Faults, fault } from '../src/errors/fault.js';
import { logFaults, logProbeFailures } from '../src/fault_log.js';
import { keptLog } from './harness/kept_log.js';

const ofHost = () => fault('KERNEL_NO_PRIVILEGE', { release: '6.1.0' });
const ofKernel = (program: string) =>
  fault('PROGRAM_REJECTED', { program, release: '6.1.0', errno: 'EINVAL', lines: '' });

describe('probes that do not run', () => {
  test('share one line for a fault of the host, before all others', () => {
    const { logger, lines } = keptLog();
    logProbeFailures(logger, [
      { probe: 'a', state: 'down', reasons: [ofKernel('p')] },
      { probe: 'b', state: 'down', reasons: [ofHost()] },
      { probe: 'c', state: 'down', reasons: [ofHost(), ofKernel('q')] },
    ]);
    expect(lines.map(({ code, probe, probes }) => [code, probe ?? probes])).toEqual([
      ['KERNEL_NO_PRIVILEGE', ['b', 'c']],
      ['PROGRAM_REJECTED', 'a'],
      ['PROGRAM_REJECTED', 'c'],
    ]);
    expect(lines[0]!.msg).toBe(ofHost().message);
    expect(lines[1]!.msg).toBe(`Probe "a" is down: ${ofKernel('p').message}`);
  });

  test('have a line of their own for a fault that they do not share', () => {
    const { logger, lines } = keptLog();
    logProbeFailures(logger, [{ probe: 'a', state: 'down', reasons: [ofHost()] }]);
    expect(lines).toMatchObject([{ level: 50, probe: 'a', code: 'KERNEL_NO_PRIVILEGE', remedy: ofHost().remedy }]);
  });

  test('are a warning if the host does not support them, shared or not', () => {
    const { logger, lines } = keptLog();
    const namespace = () => fault('PID_NAMESPACE', { program: 'list', section: 'iter/task' });
    const sampling = fault('PERF_EVENTS_FORBIDDEN', { program: 'sample', section: 'perf_event' });
    logProbeFailures(logger, [
      { probe: 'a', state: 'unsupported', reasons: [namespace()] },
      { probe: 'b', state: 'unsupported', reasons: [namespace()] },
      { probe: 'c', state: 'unsupported', reasons: [sampling] },
    ]);
    expect(lines).toMatchObject([
      { level: 40, probes: ['a', 'b'], msg: namespace().message },
      { level: 40, probe: 'c', msg: `Probe "c" is unsupported on this host: ${sampling.message}` },
    ]);
  });
});

describe('a thrown value', () => {
  test('with several faults has a line for each', () => {
    const { logger, lines } = keptLog();
    logFaults(logger, new Faults([ofHost(), ofKernel('p')]), 'Not reloaded: ');
    expect(lines.map(({ msg }) => msg)).toEqual([
      `Not reloaded: ${ofHost().message}`,
      `Not reloaded: ${ofKernel('p').message}`,
    ]);
  });

  test('that is no fault is logged as an error', () => {
    const { logger, lines } = keptLog();
    logFaults(logger, new Error('a bug'));
    expect(lines).toMatchObject([{ msg: 'a bug', err: { type: 'Error' } }]);
  });
});
