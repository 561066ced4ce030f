import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/commands/commands.js';
import { repository } from '../../harness/reachable_copy.js';
import { needs } from '../../harness/requirements.js';
import { santabpf } from '../command.js';

const names = [...COMMANDS.keys()];

describe('each command', () => {
  const page = readFileSync(join(repository, 'docs/commands.md'), 'utf8');

  it.each(names)('%s has a help, which fits a terminal, and a part of docs/commands.md', (name) => {
    const { stdout, stderr, status } = santabpf([name, '--help']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.startsWith(`Usage: santabpf ${name}`)).toBe(true);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThan(121);
    expect(page).toContain(`santabpf ${name}`);
  });

  it.each(names)('%s refuses a flag that it does not know', (name) => {
    const { stdout, stderr, status } = santabpf([name, 'x', '--no-such-flag']);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toContain('--no-such-flag');
  });
});

describe('the man page', needs({ commands: ['man'] }), () => {
  it('has every command and flag, and no error of format', () => {
    const { stdout: source } = santabpf(['man']);
    const { stdout, stderr, status } = spawnSync('man', ['--warnings', '-l', '-'], {
      input: source,
      encoding: 'utf8',
      env: { ...process.env, MANWIDTH: '100', LC_ALL: 'C.UTF-8', MAN_KEEP_FORMATTING: '' },
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    for (const name of names) expect(stdout).toContain(`santabpf ${name}`);
    for (const flag of ['--config.file=FILE', '--count=TIME', '--yaml', '--[no-]probe.NAME'])
      expect(stdout).toContain(flag);
    expect(stdout).toContain('EXIT STATUS');
  });
});

describe('the completion of bash', needs({ commands: ['bash'] }), () => {
  const { stdout: script } = santabpf(['completion', 'bash']);

  function completed(...words: string[]): string[] {
    const list = ['santabpf', ...words].map((word) => `'${word}'`).join(' ');
    const ask = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length}; _santabpf; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', ask], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((line) => line !== '');
  }

  it.each([
    [['doc'], ['doctor']],
    [[''], names],
    [['--config.c'], ['--config.cache-folder=', '--config.check']],
    [['hooks', '--c'], ['--count=']],
    [
      ['doctor', '--'],
      ['--all', '--json', '--config.file=', '--bpf.btf-file=', '--help'],
    ],
    [['inspect', 'x'], []],
  ])('%j is completed by %j', (words, expected) => {
    expect(completed(...words).sort()).toEqual([...expected].sort());
  });
});

describe('the completion of other shells', () => {
  it.each(['zsh', 'fish'])('of %s has every command', (shell) => {
    const { stdout, status } = santabpf(['completion', shell]);
    expect(status).toBe(0);
    for (const name of names) expect(stdout).toMatch(new RegExp(`\\b${name}\\b`));
    expect(stdout).toMatch(/config\.file/);
    const checked = spawnSync(shell, ['-n'], { input: stdout });
    // Where the shell is installed, it reads the script.
    expect(checked.error === undefined ? checked.status : 0).toBe(0);
  });

  it('names the shells that there are', () => {
    const { stderr, status } = santabpf(['completion', 'tcsh']);
    expect(status).toBe(2);
    expect(stderr).toContain('SHELL must be one of bash, zsh, fish, not "tcsh"');
  });
});
