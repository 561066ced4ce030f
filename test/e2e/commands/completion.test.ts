import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/commands/commands.js';
import { shells } from '../../harness/completed_line.js';
import { needs } from '../../harness/requirements.js';
import { santabpf } from '../command.js';

const cwd = mkdtempSync(join(tmpdir(), 'santabpf-completion-'));
writeFileSync(join(cwd, 'mine.yaml'), '');
mkdirSync(join(cwd, 'mine.d'));
afterAll(() => rmSync(cwd, { recursive: true }));

const levels = ['debug', 'error', 'info', 'trace', 'warn'];

describe.each(Object.entries(shells))('the completion of %s', (shell, completer) => {
  const complete = completer(santabpf(['completion', shell]).stdout, cwd);

  /** A flag with a value may end with =, and a folder with a slash. */
  const completed = (line: string) =>
    complete(line).words.map((word) => word.replace(/[=/]$/, '').replace(/^--log.level=/, ''));

  describe('in the shell', needs({ commands: [shell] }), () => {
    it.each([
      ['santabpf do', ['doctor']],
      ['santabpf ', [...COMMANDS.keys()].sort()],
      ['santabpf --config.c', ['--config.cache-folder', '--config.check']],
      ['santabpf --config.check --config.c', ['--config.cache-folder', '--config.check']],
      ['santabpf --log.level=', levels],
      ['santabpf --log.level ', levels],
      ['santabpf --log.level=de', ['debug']],
      ['santabpf hooks --c', ['--count']],
      ['santabpf hooks fsync --c', ['--count']],
      ['santabpf hooks doctor --a', []],
      ['santabpf doctor --', ['--all', '--bpf.btf-file', '--config.file', '--help', '--json']],
      ['santabpf completion ', ['bash', 'fish', 'zsh']],
      ['santabpf completion z', ['zsh']],
      ['santabpf --config.check do', []],
    ])('completes "%s" by %j', (line, expected) => {
      const words = completed(line);
      // A flag that was given may be given again in some shells.
      const given = line.split(' ').slice(0, -1);
      expect(words.filter((word) => !given.includes(word))).toEqual(expected.filter((word) => !given.includes(word)));
    });

    // bash completes file names by itself where a completion has no words.
    const withFiles: [string, string[]][] = [
      ['santabpf inspect mi', ['mine.d', 'mine.yaml']],
      ['santabpf migrate mine.d', ['mine.d']],
      ['santabpf dashboard mine.y', ['mine.yaml']],
      ['santabpf doctor --config.file=mine.y', ['mine.yaml']],
      ['santabpf hooks mi', []],
      ['santabpf --script=mi', []],
    ];
    it.each(shell === 'bash' ? [] : withFiles)('completes file names in "%s" by %j', (line, expected) => {
      expect(completed(line).map((word) => word.replace('--config.file=', ''))).toEqual(expected);
    });
  });
});

it('a flag is inserted with its =, and a command with a space', needs({ commands: ['zsh'] }), () => {
  const complete = shells.zsh!(santabpf(['completion', 'zsh']).stdout, cwd);
  for (const [before, after] of [
    ['santabpf hooks fsync --c', 'santabpf hooks fsync --count='],
    ['santabpf doct', 'santabpf doctor '],
  ] as const)
    expect(complete(before).line).toBe(after);
});

it('completion names the shells that there are', () => {
  const { stderr, status } = santabpf(['completion', 'tcsh']);
  expect(status).toBe(2);
  expect(stderr).toContain('SHELL must be one of bash, zsh, fish, not "tcsh"');
});
