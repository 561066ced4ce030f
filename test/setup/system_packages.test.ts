import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../setup/system_needs.mjs';
import { isThere } from '../../setup/system_packages.mjs';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'santabpf-system-'));
  writeFileSync(join(folder, 'santa-clang-14'), '');
  writeFileSync(join(folder, 'santa-clang-format-14'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const need = (rest: object) => ({ name: 'santa', reason: 'a test', purpose: 'build' as const, ...rest });

describe('a need is met by', () => {
  test.each([
    ['a command by its whole name', need({ commands: [/^santa-clang(-\d+)?$/] }), true],
    ['not a command with a longer name', need({ commands: [/^santa-clang$/] }), false],
    ['a file that exists', need({ files: ['/no/such/file', '/etc/passwd'] }), true],
    ['not a missing file', need({ files: ['/no/such/file'] }), false],
  ])('%s', (_, given, there) => {
    expect(isThere(given, `/no/such/folder:${folder}`)).toBe(there);
  });

  test('every need has a command or file, and a reason', () => {
    for (const { name, reason, commands = [], files = [] } of needs) {
      expect(commands.length + files.length, name).toBeGreaterThan(0);
      expect(reason, name).not.toBe('');
    }
    expect(new Set(needs.map(({ name }) => name)).size).toBe(needs.length);
  });
});
