import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findObjectFile, maximumObjectBytes } from '../../src/kernel/object_file.js';

let path = '';
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'santabpf-object-'));
  path = join(folder, 'told.bpf.o');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('accepts an object of 16 MiB and refuses one byte more', () => {
  writeFileSync(path, '');
  truncateSync(path, maximumObjectBytes);
  expect(findObjectFile('told', [join(folder, 'none'), path])).toBe(path);
  truncateSync(path, maximumObjectBytes + 1);
  expect(() => findObjectFile('told', [path])).toThrow(
    expect.objectContaining({ code: 'OBJECT_INVALID', message: expect.stringContaining('larger than 16 MiB') }),
  );
});

it('refuses a pipe, which libbpf would wait for', () => {
  execFileSync('mkfifo', [path]);
  expect(() => findObjectFile('told', [path])).toThrow(
    expect.objectContaining({ code: 'OBJECT_INVALID', message: expect.stringContaining('not a regular file') }),
  );
});
