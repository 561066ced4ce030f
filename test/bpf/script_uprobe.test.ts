/** uprobes of scripts: functions and variables by their names. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { definedSymbols } from '../../src/elf/elf_symbols.js';
import { needs } from '../harness/requirements.js';
import { closeScripts, entries, kernel, scalar, started } from '../harness/running_script.js';

const source = join(import.meta.dirname, '../fixtures/programs/named_symbols.c');
const [major, minor] = kernel.version;

afterEach(closeScripts);

describe('uprobes', needs({ root: true, bpf: true, commands: ['gcc'] }), () => {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-script-uprobe-'));
  const fixed = join(folder, 'fixed');
  const movable = join(folder, 'movable');

  beforeAll(() => {
    execFileSync('gcc', ['-O1', '-no-pie', '-o', fixed, source]);
    execFileSync('gcc', ['-O1', '-pie', '-fPIE', '-o', movable, source]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(['uprobe', 'uretprobe'])('of a pattern are named by the function: %s', async (provider) => {
    const object = await started(`${provider}:${fixed}:step_* { @[probe] = count(); @functions[func] = count(); }`);
    execFileSync(fixed);
    const counts = async (map: string) =>
      Object.fromEntries([...(await entries(object, map))].map(([name, [count]]) => [name.replace(/\0+$/, ''), count]));
    expect(await counts('script')).toEqual({
      [`${provider}:${fixed}:step_one`]: 1n,
      [`${provider}:${fixed}:step_two`]: 2n,
    });
    expect(await counts('functions')).toEqual({ step_one: 1n, step_two: 2n });
  });

  const read = '@wide = *uaddr("wide"); @word = *uaddr("word"); @byte = *uaddr("byte");';
  const points = ['uprobe:%:step_one', 'uprobe:%:step_*', ...(major > 6 || minor >= 7 ? ['uretprobe:%:step_one'] : [])];

  describe.each(['fixed', 'movable'])('in a program that is %s', (name) => {
    const path = join(folder, name);

    test.each(points)('uaddr finds variables: %s', async (point) => {
      const object = await started(`${point.replace('%', path)} { ${read} @same[str(*uaddr("greeting"))] = count(); }`);
      execFileSync(path);
      expect(['wide', 'word', 'byte'].map((map) => scalar(object, map))).toEqual([
        0x1122334455667788n,
        0xdeadbeefn,
        0xfen,
      ]);
      const texts = [...(await entries(object, 'same')).keys()];
      expect(texts.map((text) => text.replace(/\0+$/, ''))).toEqual(['hello']);
    });
  });

  test('uaddr finds variables from a place in the file', async () => {
    const symbols = definedSymbols(movable, (name) => name === 'step_one')!;
    const offset = symbols.offsetOf(symbols.symbols[0]!.address)!;
    const object = await started(`uprobe:${movable}:0x${offset.toString(16)} { ${read} }`);
    execFileSync(movable);
    expect(scalar(object, 'word')).toBe(0xdeadbeefn);
  });

  test('uaddr of a function is where the probe is', async () => {
    const object = await started(`uprobe:${movable}:step_two { @same = (uint64)uaddr("step_two") == reg("ip"); }`);
    execFileSync(movable);
    expect(scalar(object, 'same')).toBe(1n);
  });
});
