import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint, readStamp, writeStamp } from '../../setup/stamp.mjs';

let root: string;
let before: string;
const now = () => fingerprint(root, [join(root, 'bpf'), join(root, 'binding.gyp')]);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'santabpf-stamp-'));
  mkdirSync(join(root, 'bpf/include'), { recursive: true });
  writeFileSync(join(root, 'bpf/execs.bpf.c'), 'one');
  writeFileSync(join(root, 'bpf/include/maps.h'), 'two');
  before = now();
});
afterEach(() => rmSync(root, { recursive: true }));

test('file times do not matter', () => {
  utimesSync(join(root, 'bpf/execs.bpf.c'), 1, 1);
  expect(now()).toBe(before);
});

test.each<[string, () => void]>([
  ['a changed file', () => writeFileSync(join(root, 'bpf/include/maps.h'), 'too')],
  ['a new file', () => writeFileSync(join(root, 'bpf/tcp.bpf.c'), '')],
  ['a renamed file', () => renameSync(join(root, 'bpf/execs.bpf.c'), join(root, 'bpf/exits.bpf.c'))],
  ['a file that appeared', () => writeFileSync(join(root, 'binding.gyp'), '')],
  [
    'content moved between files',
    () => {
      writeFileSync(join(root, 'bpf/execs.bpf.c'), 'onetwo');
      writeFileSync(join(root, 'bpf/include/maps.h'), '');
    },
  ],
])('%s is noticed', (_, change) => {
  change();
  expect(now()).not.toBe(before);
});

test('a stamp reads as undefined until it is written', () => {
  const stamp = join(root, 'build/.stamp');
  expect(readStamp(stamp)).toBeUndefined();
  writeStamp(stamp, before);
  expect(readStamp(stamp)).toBe(before);
});
