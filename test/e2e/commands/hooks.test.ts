import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CountedHook } from '../../../src/commands/hooks/counting.js';
import type { HookList } from '../../../src/commands/hooks/found_hook.js';
import { mainFile } from '../../harness/exporter.js';
import { needs } from '../../harness/requirements.js';
import { santabpf } from '../command.js';

/** Runs it with tracefs mounted, in a mount namespace of its own. */
function withTracefs(...words: string[]): { stdout: string; stderr: string; status: number | null } {
  const script = 'mount -t tracefs t /sys/kernel/tracing; exec "$0" "$@"';
  const all = ['-m', 'sh', '-c', script, process.execPath, mainFile, 'hooks', ...words];
  return spawnSync('unshare', all, { encoding: 'utf8', timeout: 60_000 });
}

describe('santabpf hooks', needs({ root: true, bpf: true, commands: ['unshare'] }), () => {
  it('lists tracepoints with fields, raw tracepoints with arguments, and functions with signatures', () => {
    const { stdout, status } = withTracefs('*fsync*', '--most=1000');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ {2}tracepoint:syscalls:sys_enter_fsync +unsigned int fd$/m);
    expect(stdout).toMatch(/^ {2}fentry:vfs_fsync +\(struct file \*file, int datasync\) → int$/m);
    expect(stdout).toMatch(/\nNext: santabpf hooks '\*fsync\*' --count=5s\n$/);
    expect(stdout).not.toContain('__traceiter');
    const raw = withTracefs('rawtracepoint:sched_switch');
    expect(raw.stdout).toMatch(
      /rawtracepoint:sched_switch +bool preempt, struct task_struct \*prev, struct task_struct \*next/,
    );
    expect(raw.stdout).not.toContain('Kernel functions');
  });

  it('lists no more than asked for, and counts the rest', () => {
    const { stdout } = santabpf(['hooks', 'fentry:vfs_*', '--most=3', '--json']);
    const [list] = (JSON.parse(stdout) as { hooks: HookList[] }).hooks;
    expect(list!.hooks).toHaveLength(3);
    expect(list!.count).toBeGreaterThan(10);
    expect(santabpf(['hooks', 'fentry:vfs_*', '--most=3']).stdout).toContain(`  and ${list!.count - 3} more: `);
  });

  it('counts how often each fires: a known number of executions', async () => {
    const child = spawn(
      process.execPath,
      [mainFile, 'hooks', 'rawtracepoint:sched_process_exec', '--count=4s', '--json'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    const ended = once(child, 'close');
    let done = 0;
    const start = performance.now();
    while (child.exitCode === null && performance.now() - start < 20_000) {
      spawnSync('true');
      done++;
      await sleep(20);
    }
    await ended;
    const { seconds, hooks } = JSON.parse(text) as { seconds: number; hooks: CountedHook[] };
    expect(seconds).toBe(4);
    const [hook] = hooks;
    const rate = done / ((performance.now() - start) / 1000);
    expect(hook).toMatchObject({ name: 'rawtracepoint:sched_process_exec' });
    if (!(hook && 'count' in hook)) throw new Error('not counted');
    // The rest of the machine may execute programs too.
    expect(hook.perSecond).toBeGreaterThan(rate / 2);
    expect(hook.count).toBeGreaterThan(hook.perSecond * 3.9);
  });

  it('counts functions of a library, and ends with a one-liner that works', () => {
    const { stdout, status } = santabpf(['hooks', 'malloc', '--binary=libc', '--count=500ms']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ +\d+\.\d {2}uprobe:\/\S*libc\S*:malloc +\d+ events$/m);
    const [, script] =
      /\nOr without a file: santabpf --script '(.*)'\nNext: santabpf new \w+ --hook='uprobe:\S+'\n$/.exec(stdout)!;
    const checked = santabpf(['--config.check', '--script', script!]);
    expect(checked.stdout).toContain('1 probe OK');
  });

  it('counts classic tracepoints by patterns', () => {
    const { stdout, status } = withTracefs('*:sys_*er_getpid', '--count=100ms');
    expect(status).toBe(0);
    expect(stdout).toMatch(/tracepoint:syscalls:sys_enter_getpid +\d+ events/);
  });

  it.each([
    [[], /hooks needs a PATTERN, as in: santabpf hooks fsync/],
    [['kprobes:x:y'], /"kprobes" is no kind of hook; the kinds are tracepoint, .*/],
    [['fsync', '--count=forever'], /--count must be a time up to 10m, such as 5s, not "forever"/],
    [['*', '--count=1s'], /"\*" matches \d+ hooks, and --count takes at most 100: narrow the pattern/],
    [['x', '--binary=/etc/passwd'], /"\/etc\/passwd" is not a 64-bit program or library/],
    [['x', '--binary=no-such-command'], /This host has no command or library "no-such-command"/],
    [['x', '--binary=/nowhere/x'], /Cannot read "\/nowhere\/x": ENOENT/],
    [['x', '--binary=/dev/null'], /"\/dev\/null" is not a regular file/],
  ])('%j is refused with code 2', (words, says) => {
    const { status, stdout, stderr } = santabpf(['hooks', ...words]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('ends with 1 when nothing matches', () => {
    const { status, stderr } = santabpf(['hooks', 'no_such_thing_at_all']);
    expect(status).toBe(1);
    expect(stderr).toContain('Nothing matches "no_such_thing_at_all".');
    const bare = santabpf(['hooks', 'rawtracepoint:no_such_thing_at_all']);
    expect(bare.stderr).toContain("A shorter pattern finds more: santabpf hooks 'PART_OF_A_NAME'");
  });

  it('does not advise another pattern where a list could not be made', () => {
    const words = ['-m', 'sh', '-c', 'mount -t tmpfs t /sys/kernel/tracing; "$0" "$@"', process.execPath, mainFile];
    const { status, stdout, stderr } = spawnSync('unshare', [...words, 'hooks', 'tracepoint:*fsync*'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'Nothing matches "tracepoint:*fsync*". Not everything could be listed: see above.\n',
    });
    expect(stdout).toContain('none: tracefs is not mounted');
  });

  it('needs privileges to count, and none to list', () => {
    expect(santabpf(['hooks', 'fentry:vfs_fsync'], 65534).status).toBe(0);
    const { status, stderr } = santabpf(['hooks', 'fentry:vfs_fsync', '--count=1s'], 65534);
    expect(status).toBe(1);
    expect(stderr).toContain('lacks the privilege to load BPF programs');
  });
});
