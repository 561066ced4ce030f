import { describe, expect, it } from 'vitest';
import { wantedHooks } from '../../../src/commands/hooks/wanted_hooks.js';
import { Faults } from '../../../src/errors/fault.js';

describe('a pattern of hooks', () => {
  it.each([
    ['fsync', 'syscalls:sys_enter_fsync', true],
    ['fsync', 'vfs_fsync_range', true],
    ['fsync', 'vfs_read', false],
    ['vfs_*', 'vfs_read', true],
    ['vfs_*', 'ext4_vfs_read', false],
    ['sched_*', 'sched:sched_switch', true],
    ['sched:*', 'sched:sched_switch', true],
    ['sched:*', 'power:sched', false],
    ['vfs_rea?', 'vfs_read', true],
    ['a.c', 'abc', false],
  ])('%s and %s: %s', (pattern, name, does) => {
    expect(wantedHooks(pattern).matches(name)).toBe(does);
  });

  it.each([
    ['tracepoint:syscalls:*', 'tracepoint', 'syscalls:sys_enter_read'],
    ['t:sched:*', 'tracepoint', 'sched:sched_switch'],
    ['fentry:vfs_read', 'fentry', 'vfs_read'],
    ['kprobe:vfs_read', 'fentry', 'vfs_read'],
    ['tp_btf:sched_*', 'rawtracepoint', 'sched_switch'],
    ['usdt:python:gc*', 'usdt', 'python:gc__start'],
  ])('%s asks for %s', (pattern, kind, name) => {
    const wanted = wantedHooks(pattern);
    expect(wanted.kind).toBe(kind);
    expect(wanted.matches(name)).toBe(true);
  });

  it('may not name a kind that does not exist', () => {
    expect(() => wantedHooks('tracepont:sched:x')).toThrow(Faults);
    expect(() => wantedHooks('tracepont:sched:x')).toThrow('Did you mean "tracepoint"?');
  });
});
