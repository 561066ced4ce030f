import { describe, expect, it } from 'vitest';
import { SantaError } from '../../src/errors/fault.js';
import { cFiles, scriptFiles } from '../../src/scaffold/files.js';
import { parseHook } from '../../src/scaffold/hook.js';

const all = () => true;

describe('parseHook', () => {
  it.each([
    [
      'tracepoint:syscalls:sys_enter_fsync',
      'fsync',
      'tracepoint:syscalls:sys_exit_fsync',
      'tracepoint/syscalls/sys_enter_fsync',
    ],
    ['tracepoint:sched:sched_switch', 'sched:sched_switch', undefined, 'tracepoint/sched/sched_switch'],
    ['rawtracepoint:sched_switch', 'sched_switch', undefined, 'raw_tp/sched_switch'],
    ['kprobe:vfs_read', 'vfs_read', 'kretprobe:vfs_read', 'kprobe/vfs_read'],
    ['fentry:vfs_read', 'vfs_read', 'fexit:vfs_read', 'fentry/vfs_read'],
    ['uprobe:/bin/bash:readline', '/bin/bash:readline', 'uretprobe:/bin/bash:readline', 'uprobe//bin/bash:readline'],
    ['usdt:/bin/x:y:z', '/bin/x:y:z', undefined, undefined],
    ['profile:hz:99', 'hz:99', undefined, undefined],
  ])('reads %s', (text, subject, end, section) => {
    expect(parseHook(text, all)).toMatchObject({ text, subject, end, section });
  });

  it('times no call whose end the kernel does not show', () => {
    expect(parseHook('tracepoint:syscalls:sys_enter_exit', () => false).end).toBeUndefined();
  });

  it.each([
    ['fsync', '"fsync" is no hook; did you mean fexit:FUNCTION?'],
    ['xyzzy:a', 'kinds of hooks: tracepoint, rawtracepoint, kprobe'],
    ['tracepoints:a:b', 'did you mean tracepoint:CATEGORY:NAME?'],
    ['tracepoint:a', 'is not complete: tracepoint:CATEGORY:NAME'],
    ['kprobe:', 'is not complete: kprobe:FUNCTION'],
    ['constructor:a', 'is no hook'],
  ])('refuses %s', (text, sentence) => {
    const read = () => parseHook(text, all);
    expect(read).toThrow(SantaError);
    if (text !== 'fsync') expect(read).toThrow(sentence);
  });
});

describe('the files of a new probe', () => {
  const probe = { name: 'syncs', program: 'santabpf', hook: parseHook('tracepoint:syscalls:sys_enter_fsync', all) };

  it('time a call that has an end', () => {
    const files = scriptFiles(probe);
    expect([...files.keys()]).toEqual(['syncs.yaml', 'santabpf.yaml', 'README.md', 'test.sh']);
    expect(files.get('syncs.yaml')!.text).toContain('syncs_duration_seconds');
    expect(files.get('README.md')!.text).toContain('santabpf --config.file=santabpf.yaml');
    expect(files.get('test.sh')!.isProgram).toBe(true);
  });

  it('only count in C', () => {
    const files = cFiles(probe);
    expect(files.get('syncs.bpf.c')!.text).toContain('SEC("tracepoint/syscalls/sys_enter_fsync")');
    expect(files.get('syncs.yaml')!.text).not.toContain('duration');
    expect(files.get('README.md')!.text).not.toContain('duration');
  });
});
