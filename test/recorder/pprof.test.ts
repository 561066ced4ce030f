import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodePprof, encodePprof } from '../../src/recorder/pprof.js';
import { needs } from '../harness/requirements.js';
import { inKernel, named, profile, stack } from './profiles.js';

const unnamed = { function: '', module: '/usr/lib/libc.so.6', offset: 0x2f010, isKernel: false };
const unnamedKernel = { function: '', module: '[kernel]', offset: 0xffffff81, isKernel: true };
const rich = profile(1_795_776_073_414, 1_795_776_088_416, {
  stacks: [
    stack('app', [inKernel('vfs_read'), named('work'), named('main')], 7),
    stack('app', [unnamedKernel, unnamed, named('main')], 3),
    {
      labels: { command: 'ünïcode "x"', container: 'web' },
      frames: [named('main'), named('std::map<int, int>::find')],
      value: 1,
    },
    { labels: {}, frames: [], value: 2 },
  ],
  lost: 5,
  missingMs: 20,
});

test('what is read is what was written', () => {
  expect(decodePprof(encodePprof(rich))).toEqual(rich);
});

test('off-CPU time keeps its nanoseconds', () => {
  const blocked = profile(0, 15_000, {
    kind: 'offcpu',
    periodNs: 1,
    stacks: [stack('app', [named('wait')], 2 ** 45 + 1)],
  });
  expect(decodePprof(encodePprof(blocked))).toEqual(blocked);
});

test.each([
  ['nothing', new Uint8Array()],
  ['text', Buffer.from('not a profile at all')],
  ['a half', encodePprof(rich).slice(0, 200)],
])('refuses %s', (_, bytes) => {
  expect(() => decodePprof(bytes)).toThrow();
});

describe('other tools', needs({ commands: ['go'] }), () => {
  test('go tool pprof shows functions, values and labels', () => {
    const folder = mkdtempSync(join(tmpdir(), 'santabpf-pprof-'));
    try {
      const file = join(folder, 'cpu.pb.gz');
      writeFileSync(file, gzipSync(encodePprof(rich)));
      const pprof = (...words: string[]) => execFileSync('go', ['tool', 'pprof', ...words, file], { encoding: 'utf8' });
      const top = pprof('-top', '-sample_index=samples', '-nodefraction=0');
      expect(top).toMatch(/^ +7 .* vfs_read$/m);
      expect(top).toMatch(/^ +3 .* \[kernel\]\+0xffffff81$/m);
      expect(top).toMatch(/ libc\.so\.6\+0x2f010$/m);
      expect(pprof('-tags', '-sample_index=samples')).toMatch(/command: Total 11/);
      expect(pprof('-top')).toContain('Type: cpu');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
