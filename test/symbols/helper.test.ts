import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Helper, Refusal } from '../../src/symbols/helper.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-helper-'));
const helpers: Helper[] = [];
afterAll(() => {
  for (const helper of helpers) helper.close();
  rmSync(folder, { recursive: true });
});

/** A helper whose program is a shell script, and what it said of not starting. */
function scripted(name: string, script: string): { helper: Helper; reasons: string[] } {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return withProgram(path);
}

function withProgram(path: string) {
  const reasons: string[] = [];
  const helper = new Helper(path, '/proc', (reason) => reasons.push(reason));
  helpers.push(helper);
  return { helper, reasons };
}

/** Printf text of an answer with a payload below 10 bytes. */
const answer = (payload: string, failure = 0) =>
  `\\00${payload.length}\\000\\000\\000\\00${failure}\\000\\000\\000\\320\\007\\000\\000\\000\\000\\000\\000${payload}`;

const serves = `while read -r word rest; do case $word in
  hang) sleep 100;;
  die) kill -9 $$;;
  garbage) printf 'more than sixteen bytes of no sense';;
  refuse) printf '${answer('none', 2)}';;
  unparsable) printf '${answer('bad', 1)}';;
  *) printf '${answer('done')}';;
esac; done`;

const text = (payload: Uint8Array) => Buffer.from(payload).toString();

test('questions are answered one after the other', async () => {
  const { helper } = scripted('serves', serves);
  const answers = await Promise.all(['a', 'b', 'c'].map((word) => helper.ask(word, 5000)));
  expect(answers.map(({ payload, cpuMs }) => [text(payload), cpuMs])).toEqual(Array(3).fill(['done', 2]));
  expect(helper.starts).toBe(1);
});

test('a refusal says whether the file is to blame', async () => {
  const { helper } = scripted('refuses', serves);
  await expect(helper.ask('refuse', 5000)).rejects.toEqual(new Refusal('none'));
  const error = await helper.ask('unparsable', 5000).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Refusal);
  expect(error).toMatchObject({ message: 'bad', isOfFile: true });
});

test.each(['hang', 'die', 'garbage'])('%s costs this question only', async (word) => {
  const { helper, reasons } = scripted(`restarts_${word}`, serves);
  await helper.ask('first', 5000);
  const [bad, good] = await Promise.allSettled([helper.ask(word, 500), helper.ask('next', 5000)]);
  expect(bad).toMatchObject({
    status: 'rejected',
    reason: expect.not.objectContaining({ isOfFile: expect.anything() }),
  });
  expect(good).toMatchObject({ status: 'fulfilled' });
  expect(helper.starts).toBe(2);
  expect(reasons).toEqual([]);
});

test('a program that cannot start is reported and not started again at once', async () => {
  const { helper, reasons } = withProgram(join(folder, 'missing'));
  await expect(helper.ask('a', 5000)).rejects.toThrow('ENOENT');
  await expect(helper.ask('b', 5000)).rejects.toThrow('not running');
  expect(reasons).toEqual([expect.stringContaining('ENOENT')]);
  expect(helper.starts).toBe(1);
});

test('so is one that ends at once, as without its libraries', async () => {
  const { helper, reasons } = scripted('ends', 'exit 127');
  await expect(helper.ask('a', 5000)).rejects.toThrow('127');
  expect(reasons).toEqual(['it ended with 127']);
});

test('a closed helper refuses', async () => {
  const { helper } = scripted('closed', serves);
  const open = [helper.ask('hang', 5000), helper.ask('a', 5000)];
  helper.close();
  for (const question of open) await expect(question).rejects.toThrow('closed');
  await expect(helper.ask('a', 5000)).rejects.toThrow('closed');
});
