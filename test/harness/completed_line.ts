import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a shell makes of a line when Tab is pressed at its end. */
export interface Completion {
  /** Words that could stand there, without what the shell says about them, sorted. */
  readonly words: readonly string[];
  /** The line afterwards; undefined for shells that do not show it. */
  readonly line?: string;
}

/**
 * @param script what `santabpf completion SHELL` prints
 * @param cwd a folder whose files complete file names. The caller removes it.
 * @returns completes a line
 */
export type Completer = (script: string, cwd: string) => (line: string) => Completion;

const bash: Completer = (script, cwd) => (line) => {
  // As readline splits it: = is a word of its own.
  const list = line.split(/ |(?==)|(?<==)/).map((word) => `'${word}'`);
  const ask = `COMP_WORDS=(${list.join(' ')}); COMP_CWORD=${list.length - 1}; _santabpf; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return { words: sorted(run('bash', ['--norc', '-c', `${script}\n${ask}`], cwd).split('\n')) };
};

const fish: Completer = (script, cwd) => (line) => {
  const output = run('fish', ['--no-config', '-c', `${script}\ncomplete -C '${line}'`], cwd);
  return { words: sorted(output.split('\n').map((match) => match.replace(/\t.*$/, ''))) };
};

const zsh: Completer = (script, cwd) => {
  const own = join(cwd, '.zsh');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, '_santabpf'), script);
  copyFileSync(join(import.meta.dirname, 'completing.zshrc'), join(own, '.zshrc'));
  return (line) => {
    const output = run('zsh', ['-f', join(import.meta.dirname, 'complete.zsh'), own, line], cwd).replaceAll('\r', '');
    const [, after] = /^\|(.*)\|$/m.exec(output) ?? [];
    if (after === undefined) throw new Error(`zsh did not complete ${JSON.stringify(line)}: ${output}`);
    // Messages stand between the words.
    return { words: sorted([...output.matchAll(/^<(.*)>$/gm)].map(([, match]) => match!)), line: after };
  };
};

/** By the name of the shell. */
export const shells: Readonly<Record<string, Completer>> = { bash, fish, zsh };

function run(command: string, words: readonly string[], cwd: string): string {
  const { stdout, stderr, status, error } = spawnSync(command, words, { cwd, encoding: 'utf8', timeout: 20_000 });
  if (error !== undefined) throw error;
  if (status !== 0 || stderr !== '') throw new Error(`${command} ended with ${status}: ${stderr}`);
  return stdout;
}

const sorted = (words: readonly string[]) => words.filter((word) => word !== '').sort();
