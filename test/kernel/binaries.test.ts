import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findCommand, findLibrary, resolveBelow } from '../../src/kernel/attach/binaries.js';
import { elfFunctions } from '../../src/kernel/attach/elf_functions.js';
import { matchesPattern } from '../../src/kernel/attach/name_pattern.js';
import { randomNumbers } from '../harness/random.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-binaries-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function made(path: string, text = ''): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('a library', () => {
  it('is found as the dynamic linker does', () => {
    const [, libc] = /libc\.so\.6 => (\S+)/.exec(execFileSync('ldd', [process.execPath], { encoding: 'utf8' })) ?? [];
    expect(readFileSync(findLibrary('libc') ?? '').equals(readFileSync(libc ?? ''))).toBe(true);
    expect(findLibrary('libc.so.6')).toBe(findLibrary('libc'));
    expect(findLibrary('libnowhere')).toBeUndefined();
  });

  it('of another root folder is found below it, by its folders if there is no cache', () => {
    const root = join(folder, 'root');
    made('root/usr/lib/libx.so');
    made('root/usr/lib/libx.so.1.2');
    made('root/usr/lib/libxy.so.3');
    symlinkSync('/usr/lib', join(root, 'lib'));
    expect(findLibrary('libx', root)).toBe('/lib/libx.so.1.2');
    made('root/etc/ld.so.cache', 'no cache at all');
    expect(findLibrary('libx', root)).toBe('/lib/libx.so.1.2');
    made('root/etc/ld.so.cache', `glibc-ld.so.cache1.1${'\xff'.repeat(100)}`);
    expect(findLibrary('libx', root)).toBe('/lib/libx.so.1.2');
  });
});

it('a command is found below another root folder', () => {
  made('commands/usr/bin/tool');
  expect(findCommand('tool', join(folder, 'commands'))).toBe('/usr/bin/tool');
  expect(findCommand('tool', join(folder, 'empty'))).toBeUndefined();
});

it('links of another root folder do not lead out of it, nor around for ever', () => {
  const root = join(folder, 'links');
  mkdirSync(root);
  symlinkSync('/etc/passwd', join(root, 'absolute'));
  symlinkSync('../../../../etc/passwd', join(root, 'upward'));
  symlinkSync('loop', join(root, 'loop'));
  expect(resolveBelow(root, '/absolute')).toBe(`${root}/etc/passwd`);
  expect(resolveBelow(root, '/upward')).toBe(`${root}/etc/passwd`);
  expect(resolveBelow(root, '/loop')).toBeUndefined();
});

describe('the functions of a file', () => {
  const functionsOf = (file: string, isWanted = (_: string) => true) => {
    const fd = openSync(file, 'r');
    try {
      return elfFunctions(fd, isWanted);
    } finally {
      closeSync(fd);
    }
  };

  it('are those of its symbol tables', () => {
    const [getppid, ...others] = functionsOf(findLibrary('libc') ?? '', (name) => name === 'getppid') ?? [];
    expect(others).toEqual([]);
    expect(getppid).toMatchObject({ name: 'getppid', isGlobal: true });
  });

  it('are undefined for another file', () => {
    expect(functionsOf(made('empty'))).toBeUndefined();
    expect(functionsOf(made('text', 'x'.repeat(1000)))).toBeUndefined();
  });

  it('are read from damaged files without a crash', () => {
    const file = join(folder, 'damaged');
    const library = readFileSync(findLibrary('libm') ?? findLibrary('libc') ?? '');
    const sections = Number(library.readBigUInt64LE(40));
    const random = randomNumbers(7);
    for (let round = 0; round < 200; round++) {
      const copy = Buffer.from(library);
      for (let i = 0; i < 4; i++) {
        const at = random(2) === 0 ? random(64) : sections + random(1000);
        copy[Math.min(at, copy.length - 1)] = random(256);
      }
      writeFileSync(file, copy);
      if (round % 5 === 0) truncateSync(file, random(copy.length));
      const functions = functionsOf(file, (name) => name.startsWith('a'));
      expect(functions === undefined || Array.isArray(functions)).toBe(true);
    }
  });
});

it.each([
  ['str*', 'strlen', true],
  ['str*', 'xstr', false],
  ['*_read', 'vfs_read', true],
  ['v?s_*d', 'vfs_read', true],
  ['v?s_*d', 'vfs_reads', false],
  ['a.b', 'axb', false],
  ['*', '', true],
  ['', 'a', false],
  ['a**', 'a', true],
])('pattern %s and name %s', (pattern, name, isMatch) => {
  expect(matchesPattern(pattern, name)).toBe(isMatch);
});

it('a pattern of many stars takes no longer for a name that almost matches', () => {
  const started = performance.now();
  expect(matchesPattern(`${'*a'.repeat(200)}b`, 'a'.repeat(20_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(5000);
});
