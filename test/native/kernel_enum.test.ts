import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { addon, rejectionOf } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-kernel-enum-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ownBtf = '/sys/kernel/btf/vmlinux';

interface BpftoolEnum {
  readonly kind: string;
  readonly name: string;
  readonly encoding?: 'SIGNED' | 'UNSIGNED';
  readonly values: readonly { readonly name: string; readonly val: number }[];
}

describe('an enum of the kernel', needs({ commands: ['bpftool'], files: [ownBtf] }), () => {
  test('has the values that bpftool shows', async () => {
    const dump = execFileSync('bpftool', ['--json', 'btf', 'dump', 'file', ownBtf], { maxBuffer: 2 ** 30 });
    const { types } = JSON.parse(dump.toString()) as { types: BpftoolEnum[] };
    const enums = new Map<string, BpftoolEnum>();
    for (const type of types) {
      const isEnum = type.kind === 'ENUM' || type.kind === 'ENUM64';
      // bpftool prints 64-bit values as numbers, which JSON.parse rounds.
      const exact = isEnum && type.values.every(({ val }) => Number.isSafeInteger(val));
      if (exact && type.name !== '(anon)' && !enums.has(type.name)) enums.set(type.name, type);
    }
    const names = ['skb_drop_reason', 'bpf_map_type', ...[...enums.keys()].filter((_, index) => index % 50 === 0)];
    for (const name of names.filter((candidate) => enums.has(candidate))) {
      expect([name, await addon.kernelEnum(name)]).toEqual([
        name,
        enums.get(name)!.values.map((value) => [value.name, value.val]),
      ]);
    }
    expect(enums.size).toBeGreaterThan(100);
  });

  test('is undefined when the kernel has no enum of that name', async () => {
    expect(await addon.kernelEnum('no_such_enum')).toBeUndefined();
    expect(await addon.kernelEnum('task_struct')).toBeUndefined();
    expect(await addon.kernelEnum('')).toBeUndefined();
  });

  test('comes from another file on request', async () => {
    expect(await addon.kernelEnum('bpf_map_type', ownBtf)).toEqual(await addon.kernelEnum('bpf_map_type'));
  });

  test('may be read many times at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => addon.kernelEnum('bpf_prog_type')));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
  });
});

describe('a file that is not the kernel’s BTF', () => {
  test('is refused as a native error', async () => {
    const file = join(folder, 'text');
    writeFileSync(file, 'not BTF');
    expect(await rejectionOf(addon.kernelEnum('a', file))).toMatchObject({ operation: "read the kernel's BTF" });
    expect(await rejectionOf(addon.kernelEnum('a', join(folder, 'missing')))).toMatchObject({ code: 'ENOENT' });
  });

  test('must be named by a string', () => {
    const call = addon.kernelEnum as (...args: unknown[]) => unknown;
    expect(() => call()).toThrow(TypeError);
    expect(() => call('a', 5)).toThrow(TypeError);
  });
});
