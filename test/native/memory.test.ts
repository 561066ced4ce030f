import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addon, addonFile, nativeErrorOf, sanitized } from '../harness/native_addon.js';

describe('a mapped file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-mapped-'));
  const file = join(folder, 'text');
  // No page of zeroes, which need no memory.
  const bytes = Buffer.from(Array.from({ length: 300_001 }, (_, index) => 1 + (index % 255)));
  beforeAll(() => writeFileSync(file, bytes));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is a string with one character for each byte, which takes no memory', () => {
    const text = addon.mappedText(file);
    expect(text).toBe(bytes.toString('latin1'));
    const [mapping] = mappingsOf(file);
    expect(mapping).toMatch(/^Rss: +[1-9]/m);
    expect(mapping).toMatch(/^Anonymous: +0 kB/m);
    expect(text.length).toBe(bytes.length);
  });

  test('is bytes; what is written to them does not get into the file', () => {
    const mapped = addon.mappedBytes(file);
    expect(bytes.equals(mapped)).toBe(true);
    mapped.fill(0);
    expect(addon.mappedBytes(file)[0]).toBe(1);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('stays the same when the file is replaced', () => {
    const other = join(folder, 'replaced');
    writeFileSync(other, 'before');
    const text = addon.mappedText(other);
    rmSync(other);
    writeFileSync(other, 'later!');
    expect(text).toBe('before');
  });

  test.each([
    ['/nonexistent', 'ENOENT'],
    ['/', 'EINVAL'],
    ['/dev/null', 'EINVAL'],
  ])('cannot be %s', (path, code) => {
    for (const map of [addon.mappedText, addon.mappedBytes])
      expect(nativeErrorOf(() => map(path))).toMatchObject({ code, operation: 'map file' });
  });
});

// Sanitizers have an allocator of their own.
test.skipIf(sanitized)('memory that is free between blocks in use is returned to the system', () => {
  const program = `
    const { readFileSync } = require('node:fs');
    const addon = require(${JSON.stringify(addonFile)});
    const resident = () => Number(/RssAnon:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1]) / 1024;
    const kept = (() => Array.from({ length: 1000 }, () => Buffer.alloc(100_000, 1)).filter((_, i) => i % 10 === 0))();
    // Array buffers are freed on another thread.
    gc();
    setTimeout(() => {
      gc();
      const before = resident();
      addon.returnFreeMemory();
      console.log(before - resident(), kept.length);
    }, 100);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '-e', program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const [megabytes, kept] = stdout.trim().split(' ').map(Number);
  expect(kept).toBe(100);
  // Of 90.
  expect(megabytes).toBeGreaterThan(45);
});

/** What the kernel says about each mapping of a file in this process. */
function mappingsOf(file: string): string[] {
  const mappings = readFileSync('/proc/self/smaps', 'latin1').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return mappings.filter((mapping) => mapping.split('\n')[0]!.endsWith(` ${file}`));
}
