import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ObjectOptions } from '../../src/kernel/addon.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { addon } from '../harness/native_addon.js';

const ownBtf = '/sys/kernel/btf/vmlinux';
const copy = join(import.meta.dirname, '../../.cache/fixtures/kernel_types.btf');

afterAll(() => {
  for (const object of opened) object.close();
});
const opened: InstanceType<typeof addon.BpfObject>[] = [];

/** What the relocations of a fixture became; all 0 if the program never ran. */
async function resultsOf(
  name: string,
  source: 'file' | 'bytes' = 'file',
  options: ObjectOptions = {},
): Promise<bigint[]> {
  const file = fixtureObject(name);
  const object = new addon.BpfObject(source === 'file' ? file : readFileSync(file), {
    name: 'relocations',
    ...options,
  });
  opened.push(object);
  await object.load();
  object.attach('relocated');
  for (let i = 0; i < 100; i++) void process.ppid;
  const bytes = object.map('.bss').lookup(new Uint8Array(4))!;
  const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3);
  // The task that ran last differs.
  return [...words.subarray(0, 15)];
}

/** Bytes that this process reads from files meanwhile. */
async function readDuring(work: () => Promise<unknown>): Promise<number> {
  const bytesRead = () => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'latin1'))![1]);
  const before = bytesRead();
  await work();
  return bytesRead() - before;
}

describe('relocations by an excerpt of the kernel’s types', () => {
  test('have the results of the whole', async () => {
    const whole = await resultsOf('whole_relocations');
    expect(await resultsOf('relocations')).toEqual(whole);
    expect(await resultsOf('relocations', 'bytes')).toEqual(whole);
    // Offsets, sizes and values of this kernel, and which members and types it has.
    expect(whole.map((word) => (word > 1n ? 'number' : Number(word)))).toEqual([
      ...['number', 'number', 'number', 'number', 1, 0, 'number', 'number', 'number', 'number'],
      ...[0, 1, 0, 1, 0],
    ]);
  });

  test('use a file in place of the kernel’s own types', async () => {
    writeFileSync(copy, readFileSync(ownBtf));
    expect(await resultsOf('relocations', 'file', { btfPath: copy })).toEqual(await resultsOf('relocations'));
  });

  test('do not read the kernel’s types again while they are held', async () => {
    const holder = new addon.BpfObject(fixtureObject('relocations'));
    const excerpt = await readDuring(() => resultsOf('relocations'));
    const whole = await readDuring(() => resultsOf('whole_relocations'));
    holder.close();
    expect(whole).toBeGreaterThan(statSync(ownBtf).size);
    expect(excerpt).toBeLessThan(whole / 4);
  });

  test('work for objects that load at once', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => resultsOf('relocations')));
    expect(new Set(all.map(String)).size).toBe(1);
  });
});
