/** USDT probes of scripts. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../harness/requirements.js';
import { closeScripts, entries, key, padded, scalar, started } from '../harness/running_script.js';

const source = join(import.meta.dirname, '../fixtures/programs/usdt_arguments.c');

afterEach(closeScripts);

describe('USDT probes', needs({ root: true, bpf: true, commands: ['gcc'] }), () => {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-script-usdt-'));
  const program = join(folder, 'steps');

  beforeAll(() => execFileSync('gcc', ['-O1', '-no-pie', '-o', program, source]));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('have their arguments', async () => {
    const object = await started(`usdt:${program}:own:step {
      @negative = arg0; @small = arg1; @text[str(arg2)] = count(); @memory[arg3] = count(); @constant = arg4;
      @none = arg5; @far = arg9; @all = count();
    }`);
    execFileSync(program, ['3']);
    const names = ['negative', 'small', 'constant', 'none', 'far', 'all'];
    expect(names.map((name) => scalar(object, name))).toEqual([-5n, 200n, 77n, 0n, 0n, 3n]);
    expect([...(await entries(object, 'text')).keys()]).toEqual([padded('a text', 256)]);
    expect([...(await entries(object, 'memory')).keys()].sort()).toEqual([key(-1), key(-2), key(-3)].sort());
  });

  test('are found by patterns, and by their name alone', async () => {
    for (const point of [`usdt:${program}:step`, `usdt:${program}:*`, `usdt:${program}:o*:st?p`]) {
      const object = await started(`${point} { @[probe] = count(); }`);
      execFileSync(program, ['2']);
      const found = [...(await entries(object, 'script'))];
      expect(
        found.map(([name]) => name.replace(/\0+$/, '')),
        point,
      ).toEqual([`usdt:${program}:own:step`]);
      expect(found[0]![1], point).toEqual([2n]);
    }
  });
});
