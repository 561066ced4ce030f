import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { KernelBtf } from '../../src/script/resolve/kernel_btf.js';
import { addon, nativeErrorOf } from '../harness/native_addon.js';

const ownBtf = '/sys/kernel/btf/vmlinux';
const folder = mkdtempSync(join(tmpdir(), 'santabpf-types-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** A header and one type, an integer. */
const integer = new Uint8Array(
  Uint32Array.of(0x1eb9f, 24, 0, 16, 16, 8, 1, 1 << 24, 4, 32, 0x746e6900, 0x00000000).buffer,
);

describe('the types in a file', () => {
  test.skipIf(!existsSync(ownBtf))('are where JavaScript finds them too', () => {
    const bytes = readFileSync(ownBtf);
    const { bytes: read, starts, names } = addon.readTypes(ownBtf);
    expect(bytes.equals(read)).toBe(true);
    const indexed = new KernelBtf(read, { starts: starts!, names: names! });
    const walked = new KernelBtf(bytes);
    for (const [kind, name] of [
      ['struct', 'task_struct'],
      ['typedef', 'pid_t'],
      ['enum', 'pid_type'],
      ['function', 'vfs_read'],
      ['struct', 'no such struct'],
    ] as const) {
      expect(indexed.find(kind, name)).toBe(walked.find(kind, name));
    }
    const task = walked.find('struct', 'task_struct')!;
    expect(indexed.type(task)).toEqual(walked.type(task));
    expect([...indexed.namesOf('function')]).toEqual([...walked.namesOf('function')]);
  });

  test('are numbered from 1', () => {
    const { starts, names } = addon.readTypes(written('integer', integer));
    expect([...starts!]).toEqual([0, 6]);
    expect([...names!]).toEqual([0, 1]);
  });

  test.each([
    ['a header without its end', integer.subarray(0, 20)],
    ['a type without its end', Uint8Array.from(integer, (byte, at) => (at === 12 || at === 16 ? 12 : byte))],
    ['a type beyond the end', Uint8Array.from(integer, (byte, at) => (at === 13 ? 0xff : byte))],
    ['an unknown kind', Uint8Array.from(integer, (byte, at) => (at === 31 ? 0x1f : byte))],
    ['no BTF', Uint8Array.from(integer, (byte, at) => (at === 0 ? 0 : byte))],
  ])('have no index if the file is %s', (name, bytes) => {
    const types = addon.readTypes(written(name.replaceAll(' ', '_'), bytes));
    expect([...types.bytes]).toEqual([...bytes]);
    expect(types.starts).toBeUndefined();
  });

  test.each([
    [written('empty', new Uint8Array()), 'EINVAL'],
    ['/nonexistent', 'ENOENT'],
    ['/', 'EINVAL'],
    ['/dev/null', 'EINVAL'],
  ])('cannot be read from %s', (path, code) => {
    expect(nativeErrorOf(() => addon.readTypes(path))).toMatchObject({ code, operation: 'read types' });
  });
});
