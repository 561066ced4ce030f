import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodePprof } from '../../src/recorder/pprof.js';
import { needs } from '../harness/requirements.js';
import { rich } from '../recorder/profiles.js';

// Go compiles the tool when it is used for the first time, which takes minutes of CPU time.
describe('other tools', needs({ commands: ['go'] }), () => {
  test('go tool pprof shows functions, values and labels', { timeout: 300_000 }, () => {
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
