import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { usdtProbes } from '../../src/elf/usdt_notes.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-usdt-'));
afterAll(() => rmSync(folder, { recursive: true }));

function note(owner: string, type: number, description: Buffer): Buffer {
  const pad = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  const name = Buffer.from(`${owner}\0`);
  const header = Buffer.alloc(12);
  header.writeUInt32LE(name.length, 0);
  header.writeUInt32LE(description.length, 4);
  header.writeUInt32LE(type, 8);
  return Buffer.concat([header, pad(name), pad(description)]);
}

const probe = (provider: string, name: string, places: string) =>
  note('stapsdt', 3, Buffer.concat([Buffer.alloc(24), Buffer.from(`${provider}\0${name}\0${places}\0`)]));

/** A file with one section, of this type. @param claimed bytes that the section is said to have */
function elf(content: Buffer, type = 7, claimed = content.length): Buffer {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  header.writeBigUInt64LE(64n, 40);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(1, 60);
  const section = Buffer.alloc(64);
  section.writeUInt32LE(type, 4);
  section.writeBigUInt64LE(128n, 24);
  section.writeBigUInt64LE(BigInt(claimed), 32);
  return Buffer.concat([header, section, content]);
}

function probesOf(bytes: Buffer): ReturnType<typeof usdtProbes> {
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r');
  try {
    return usdtProbes(fd);
  } finally {
    closeSync(fd);
  }
}

describe('USDT notes', () => {
  it('have provider, name and places of arguments; a probe in several places counts once', () => {
    const notes = [
      note('GNU', 1, Buffer.alloc(5)),
      probe('python', 'gc__start', '-4@%edi'),
      probe('python', 'line', ''),
      probe('python', 'gc__start', '-4@%esi'),
    ];
    expect(probesOf(elf(Buffer.concat(notes)))).toEqual([
      { provider: 'python', name: 'gc__start', arguments: '-4@%esi' },
      { provider: 'python', name: 'line', arguments: '' },
    ]);
  });

  it('are only those in sections of notes', () => {
    expect(probesOf(elf(probe('python', 'line', ''), 1))).toEqual([]);
  });

  it.each([
    ['no ELF file', Buffer.from('#!/bin/sh\n'.padEnd(100))],
    ['an empty file', Buffer.alloc(0)],
    ['a section beyond the end of the file', elf(probe('python', 'line', ''), 7, 1 << 20)],
  ])('of %s are not read', (_, bytes) => {
    expect(probesOf(bytes)).toBeUndefined();
  });

  it('that lie about their length end the section', () => {
    const lying = probe('python', 'line', '');
    lying.writeUInt32LE(0xfffffff0, 4);
    expect(probesOf(elf(Buffer.concat([probe('a', 'b', ''), lying])))).toContainEqual({
      provider: 'a',
      name: 'b',
      arguments: '',
    });
  });
});
