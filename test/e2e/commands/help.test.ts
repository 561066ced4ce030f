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
