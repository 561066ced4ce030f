import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mainFile } from '../../harness/exporter.js';
import { needs } from '../../harness/requirements.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-new-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** With tracefs, in a mount namespace of its own: the host stays as it is. */
function inHost(command: string) {
  const script = `mount -t tracefs tracefs /sys/kernel/tracing && ${command}`;
  return spawnSync('unshare', ['--mount', 'sh', '-c', script], { encoding: 'utf8', cwd: folder });
}

const santabpf = (...words: string[]) =>
  spawnSync(process.execPath, [mainFile, ...words], { encoding: 'utf8', cwd: folder });

/** Replaces what a person is asked to replace. */
function perform(work: string, probe: string): void {
  const file = join(folder, probe, 'test.sh');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('\tsleep 2\n');
  writeFileSync(file, text.replace('\tsleep 2\n', `\t${work}\n`));
}

describe('santabpf new', needs({ root: true, bpf: true, commands: ['unshare', 'clang'] }), () => {
  it('writes a script that counts and times calls, and a test that passes', () => {
    // A call that other programs of the host make rarely.
    rmSync(join(folder, 'roots'), { recursive: true, force: true });
    const written = inHost(`${process.execPath} ${mainFile} new roots --hook=tracepoint:syscalls:sys_enter_chroot`);
    expect(written.stderr).toBe('');
    expect(written.stdout).toContain('  roots/roots.yaml\n');
    expect(written.stdout).toMatch(/Next, as root:\n {2}node \S+ --config\.file=roots\/santabpf\.yaml\n$/);
    perform('for i in 1 2 3; do chroot /nowhere true 2>/dev/null || true; done', 'roots');
    const { stdout, stderr, status } = inHost('PORT=10396 roots/test.sh');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/RATE {2}TOTAL {2}COMMAND\n.* {6}3 {2}chroot\n/);
    expect(stdout).toMatch(/passed\n$/);
    expect(status).toBe(0);
  });

  it('writes a test that fails when nothing is counted', () => {
    const file = join(folder, 'roots/test.sh');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^\tfor .*$/m, '\ttrue'));
    const { stderr, status } = inHost('PORT=10396 roots/test.sh');
    expect(stderr).toContain('failed: nothing was counted');
    expect(status).toBe(1);
  });

  it('writes and compiles a program in C', () => {
    const { stdout, stderr } = santabpf('new', 'switches', '--hook=rawtracepoint:sched_switch', '--c');
    expect(stderr).toBe('');
    expect(stdout).toContain('compiled switches/switches.bpf.c');
    const test = spawnSync('switches/test.sh', {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PORT: '10396' },
    });
    expect(test.stdout).toMatch(/passed\n$/);
    expect(santabpf('build', 'switches').stdout).toBe(
      'The object is in switches. Next:\n  santabpf inspect switches/switches.bpf.o\n',
    );
  });

  it.each([
    [['new', 'a-b', '--hook=rawtracepoint:sched_switch'], 2, 'not "a-b"'],
    [['new', 'roots'], 2, 'santabpf new needs --hook=HOOK'],
    [['new', 'roots', '--hook=rawtracepoint:sched_switch'], 1, '"roots" is there already'],
    [['new', 'other', '--hook=rawtracepoint:sched_swich'], 1, 'Did you mean "sched_switch"?'],
    [
      ['new', 'other', '--hook=kprobe:vfs_raed'],
      2,
      'this kernel has no function vfs_raed; did you mean kprobe:vfs_read?',
    ],
    [['new', 'other', '--hook=profile:hz:99', '--c'], 2, 'A program in C for profile is not written here'],
    [['build', 'nowhere'], 1, 'there is no such folder'],
    [['build', '.'], 1, 'it has no file NAME.bpf.c'],
  ])('%j is refused, and leaves nothing', (words, code, sentence) => {
    const { status, stderr } = santabpf(...words);
    expect(stderr).toContain(sentence);
    expect(status).toBe(code);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });

  it('says what to do without a compiler', () => {
    const env = { ...process.env, CLANG: '/nowhere/clang' };
    const words = [mainFile, 'new', 'other', '--hook=rawtracepoint:sched_switch', '--c'];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', cwd: folder, env });
    expect(stderr).toContain('No clang with the BPF target was found (tried /nowhere/clang).\nInstall it: apt-get');
    expect(stderr).toContain('this host has no clang [COMPILER_MISSING]');
    expect(stderr).toContain('without --c');
    expect(status).toBe(1);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });

  it('shows faults of C by file, line and column', () => {
    const file = join(folder, 'switches/switches.bpf.c');
    writeFileSync(file, readFileSync(file, 'utf8').replace('add(count, 1)', 'add(cuont, 1)'));
    const { status, stderr } = santabpf('build', 'switches');
    expect(status).toBe(1);
    expect(stderr).toMatch(/switches\.bpf\.c:\d+:\d+: error: use of undeclared identifier 'cuont'/);
  });
});
