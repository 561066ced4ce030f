import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isNativeError } from '../../src/kernel/addon.js';
import { withFolder } from '../config/configuration_folder.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { addon } from '../harness/native_addon.js';

const sound = readFileSync(fixtureObject('map_entries'));
const sectionTable = Number(sound.readBigUInt64LE(40));
const sectionCount = sound.readUInt16LE(60);
const headerBytes = 64;

/** The offset of a section's header. */
function headerOf(name: string): number {
  const header = (index: number) => sectionTable + index * headerBytes;
  const names = Number(sound.readBigUInt64LE(header(sound.readUInt16LE(62)) + 24));
  const index = Array.from({ length: sectionCount }, (_, i) => i).find((i) => {
    const start = names + sound.readUInt32LE(header(i));
    return sound.toString('latin1', start, sound.indexOf(0, start)) === name;
  });
  return header(index!);
}

const contentsOf = (name: string) => Number(sound.readBigUInt64LE(headerOf(name) + 24));

/** The log of the refusal. */
function refusalOf(bytes: Uint8Array): string {
  try {
    new addon.BpfObject(bytes, { name: 'damaged' }).close();
  } catch (error) {
    if (!isNativeError(error)) throw error;
    expect(error).toMatchObject({ code: 'LIBBPF_FORMAT', operation: 'open object' });
    return error.log.trim();
  }
  return '';
}

function with32(at: number, value: number): Uint8Array {
  const bytes = Buffer.from(sound);
  bytes.writeUInt32LE(value, at);
  return bytes;
}

describe('a damaged object', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['no header', sound.subarray(0, 10), /^it is too short for an ELF file$/],
    ['text', Buffer.alloc(100, 'x'), /^it is not an ELF file$/],
    ['a part of a file', sound.subarray(0, sound.length - 100), /^its section table ends beyond the file$/],
    ['another machine', with32(18, 62), /^it is not compiled for BPF$/],
    ['a section beyond the end', with32(headerOf('.maps') + 24, 0x7fffffff), /^section \d+ ends beyond the file$/],
    ['a name beyond the names', with32(headerOf('.maps'), 0x7fffffff), /^section \d+ has no name$/],
    ['symbols without names', with32(headerOf('.symtab') + 40, 0), /^its symbols have no names$/],
    ['a symbol in no section', with32(contentsOf('.symtab') + 24 + 4, 0x7fff0000), /^symbol 1 is in no section$/],
    ['a license without text', with32(headerOf('license') + 4, 8), /^section \d+ is empty$/],
    ['BTF of another version', with32(contentsOf('.BTF'), 1), /^its type information is damaged: its header is wrong$/],
    [
      'an unknown kind',
      with32(contentsOf('.BTF') + 28, 0x1f000000),
      /^its type information is damaged: type 1 is of an unknown kind$/,
    ],
  ])('is refused with the reason: %s', (_, bytes, reason) => {
    expect(refusalOf(bytes)).toMatch(reason);
  });

  test('is refused if libbpf returns the size of a type as an error', () => {
    const object = readFileSync(join(import.meta.dirname, '../../dist/bpf/blocked_tasks.bpf.o'));
    const types = new addon.BpfObject(object, { name: 'sound' }).btf()!;
    // The type of LINUX_KERNEL_VERSION, an int.
    const size = 44;
    const start = object.indexOf(types.subarray(0, 24));
    expect(object.readUInt32LE(start + size)).toBe(4);
    object.writeUInt32LE(0x80000004, start + size);
    expect(refusalOf(object)).toMatch(/its type information is damaged: a type has an impossible size$/);
  });

  test('is refused by its path as by its bytes', () => {
    withFolder({}, (folder) => {
      const path = join(folder, 'half.bpf.o');
      writeFileSync(path, sound.subarray(0, 2000));
      expect(() => new addon.BpfObject(path)).toThrow(expect.objectContaining({ code: 'LIBBPF_FORMAT' }));
    });
  });

  test('never ends the process', { timeout: 60_000 }, () => {
    const script = join(import.meta.dirname, 'fuzz/objects.mjs');
    const output = execFileSync(process.execPath, [script, '1000', '7'], { encoding: 'utf8' });
    const [, opened, refused] = /(\d+) opened, (\d+) refused/.exec(output)!;
    expect(Number(opened)).toBeGreaterThan(50);
    expect(Number(refused)).toBeGreaterThan(50);
  });
});
