import { describe, expect, test } from 'vitest';
import { HookCost } from '../../src/kernel/hook_cost.js';

const attached = { section: 'tp_btf/sys_exit', isAttached: true };
const unexpected = (error: unknown) => {
  throw error;
};

describe('the cost of a hook', () => {
  test('is unknown before the calibration, and then that of an empty program', async () => {
    const hooks = new HookCost({ hookCost: async () => 42 }, unexpected);
    expect(hooks.ofRun(attached)).toBeUndefined();
    await hooks.calibrate();
    expect(hooks.ofRun(attached)).toBe(42);
    expect(hooks.ofRun({ section: 'perf_event', isAttached: true })).toBe(42);
  });

  test('is none for iterators, and for programs that another program calls', () => {
    const hooks = new HookCost({ hookCost: async () => 42 }, unexpected);
    expect(hooks.ofRun({ section: 'iter/task', isAttached: true })).toBe(0);
    expect(hooks.ofRun({ section: 'iter.s/task', isAttached: true })).toBe(0);
    expect(hooks.ofRun({ ...attached, isAttached: false })).toBe(0);
  });

  test('is measured once', async () => {
    let measurements = 0;
    const hooks = new HookCost({ hookCost: async () => ++measurements }, unexpected);
    await Promise.all([hooks.calibrate(), hooks.calibrate()]);
    await hooks.calibrate();
    expect(hooks.ofRun(attached)).toBe(1);
  });

  test('stays unknown if it cannot be measured, and says why', async () => {
    const errors: unknown[] = [];
    const refusal = new Error('EPERM');
    const hooks = new HookCost({ hookCost: () => Promise.reject(refusal) }, (error) => errors.push(error));
    await hooks.calibrate();
    expect(hooks.ofRun(attached)).toBeUndefined();
    expect(errors).toEqual([refusal]);
  });
});
