import { describe, expect, test } from 'vitest';
import { missedRuns } from '../../src/kernel/missed_runs.js';

describe('missed runs', () => {
  test.each([
    ['tp/raw_syscalls/sys_exit', '6.6.0', 0, undefined],
    ['tracepoint/sched/sched_switch', '5.10.0-30-amd64', undefined, undefined],
    ['kprobe/do_unlinkat', '6.1.0', 0, undefined],
    ['uprobe//bin/sh:main', '5.15.0', 0, undefined],
    ['tp/raw_syscalls/sys_exit', 'unknown', 0, undefined],
    ['tp/raw_syscalls/sys_exit', '6.7.0', 0, 0],
    ['tp/raw_syscalls/sys_exit', '7.2.1', 12, 12],
    // A distribution has added the count to an older kernel.
    ['tp/raw_syscalls/sys_exit', '5.14.0-503.el9', 12, 12],
    // Not skipped at all before Linux 6.1.
    ['tp_btf/sys_exit', '5.10.0', undefined, 0],
    ['tp_btf/sys_exit', '6.18.0', 3, 3],
    ['perf_event', '7.2.0', 0, undefined],
    ['xdp', '6.1.0', 0, 0],
  ])('of %s on Linux %s with the count %s: %s', (section, release, counted, missed) => {
    expect(missedRuns(section, release, counted)).toBe(missed);
  });
});
