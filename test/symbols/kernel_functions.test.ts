import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { KernelFunctions } from '../../src/symbols/kernel_functions.js';
import { needs } from '../harness/requirements.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-kallsyms-'));
afterAll(() => rmSync(folder, { recursive: true }));

let now = 0;
beforeEach(() => {
  now = 0;
  mkdirSync(folder, { recursive: true });
  write(kernel, 'ext4 1 0 - Live 0x0\n');
});

const kernel = [
  '0000000000000000 A fixed_percpu_data',
  'ffffffff81000000 T _text',
  'ffffffff81000040 t first',
  'ffffffff81000100 T second',
  'ffffffff81000180 d data_in_between',
  'ffffffff81000200 W weak\u001b',
  'ffffffffc0002000 t later\t[ext4]',
  'ffffffffc0001000 t earlier\t[ext4]',
];

function write(lines: readonly string[], modules: string): void {
  writeFileSync(join(folder, 'kallsyms'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'modules'), modules);
}

async function functions(): Promise<KernelFunctions> {
  const names = new KernelFunctions(folder, () => now);
  await names.load();
  return names;
}

test('an address has the name of the function below it, and of its module', async () => {
  const names = await functions();
  const at = (address: bigint) => {
    const frame = names.frame(address);
    return [frame.function, frame.module];
  };
  expect(at(0xffffffff81000040n)).toEqual(['first', '[kernel]']);
  expect(at(0xffffffff810000ffn)).toEqual(['first', '[kernel]']);
  expect(at(0xffffffff81000190n)).toEqual(['second', '[kernel]']);
  expect(at(0xffffffff81000200n)).toEqual(['weak\\x1b', '[kernel]']);
  expect(at(0xffffffffc0001010n)).toEqual(['earlier', '[ext4]']);
  expect(at(0xffffffffc0002010n)).toEqual(['later', '[ext4]']);
  expect(names.frame(0xffffffffc0002010n)).toMatchObject({ offset: 0, isKernel: true });
  expect(names.bytes).toBeGreaterThan(100);
});

test.each([0xffffffff80fffff0n, 0xffffffffd0000000n, 0xffff888000000000n, 0x1000n])(
  '%s belongs to no function',
  async (address) => {
    expect((await functions()).frame(address)).toMatchObject({ function: '', module: '[kernel]', isKernel: true });
  },
);

test('without privilege frames keep their distances, and the place of the kernel is not shown', async () => {
  write(
    kernel.map((line) => line.replace(/^\w+/, '0'.repeat(16))),
    '',
  );
  const names = await functions();
  const [a, b] = [0xffffffff81234567n, 0xffffffff81234667n].map((address) => names.frame(address));
  expect(a).toMatchObject({ function: '', module: '[kernel]' });
  expect(b!.offset - a!.offset).toBe(0x100);
  expect(a!.offset % 2 ** 21).toBe(0x34567);
  expect((await functions()).frame(0xffffffff81234567n).offset).not.toBe(a!.offset);
});

test('names are read again after a module was loaded', async () => {
  const names = await functions();
  write([...kernel, 'ffffffffc0003000 t added [xfs]'], 'xfs 1 0 - Live 0x0\n');
  await names.load();
  expect(names.frame(0xffffffffc0003000n).function).toBe('later');
  now = 61_000;
  await names.load();
  expect(names.frame(0xffffffffc0003000n)).toMatchObject({ function: 'added', module: '[xfs]' });
});

test('without the file there are no names', async () => {
  rmSync(join(folder, 'kallsyms'));
  expect((await functions()).frame(0xffffffff81000040n).function).toBe('');
});

test('agrees with the kernel that runs', needs({ root: true }), async () => {
  const aliases = new Map<string, string[]>();
  for (const line of readFileSync('/proc/kallsyms', 'latin1').split('\n')) {
    const [address, type, name] = line.split(/[ \t]/);
    if (/^[tT]$/.test(type!)) aliases.set(address!, [...(aliases.get(address!) ?? []), name!]);
  }
  const names = new KernelFunctions('/proc', () => now);
  await names.load();
  const addresses = [...aliases.keys()];
  for (let i = 0; i < 200; i++) {
    const address = addresses[Math.floor((i * addresses.length) / 200)]!;
    expect(aliases.get(address)).toContain(names.frame(BigInt(`0x${address}`)).function);
  }
});
