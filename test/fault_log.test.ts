import { describe, expect, test } from 'vitest';
import { Faults, fault } from '../src/errors/fault.js';
import { logFaults, logProbeFailures } from '../src/fault_log.js';
import { keptLog } from './harness/kept_log.js';

const ofHost = () => fault('KERNEL_NO_PRIVILEGE', { release: '6.1.0' });
const ofKernel = (program: string) =>
  fault('HOOK_MISSING', { program, section: 'tp_btf/x', release: '6.1.0', missing: 'hook' });

describe('probes that are down', () => {
  test('share one line for a fault of the host, before all others', () => {
    const { logger, lines } = keptLog();
    logProbeFailures(logger, [
      { probe: 'a', reasons: [ofKernel('p')] },
      { probe: 'b', reasons: [ofHost()] },
      { probe: 'c', reasons: [ofHost(), ofKernel('q')] },
    ]);
    expect(lines.map(({ code, probe, probes }) => [code, probe ?? probes])).toEqual([
      ['KERNEL_NO_PRIVILEGE', ['b', 'c']],
      ['HOOK_MISSING', 'a'],
      ['HOOK_MISSING', 'c'],
    ]);
    expect(lines[0]!.msg).toBe(ofHost().message);
    expect(lines[1]!.msg).toBe(`Probe "a" is down: ${ofKernel('p').message}`);
  });

  test('have a line of their own for a fault that they do not share', () => {
    const { logger, lines } = keptLog();
    logProbeFailures(logger, [{ probe: 'a', reasons: [ofHost()] }]);
    expect(lines).toMatchObject([{ probe: 'a', code: 'KERNEL_NO_PRIVILEGE', remedy: ofHost().remedy }]);
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
