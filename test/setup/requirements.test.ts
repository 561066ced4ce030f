import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lackingOf, type Machine, needs } from '../harness/requirements.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'santabpf-requirements-'));
  mkdirSync(join(folder, 'proc/self'), { recursive: true });
  mkdirSync(join(folder, 'sys/kernel/btf'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'sys/kernel/btf/vmlinux'), '');
  writeFileSync(join(folder, 'bin/promtool'), '', { mode: 0o755 });
  writeFileSync(join(folder, 'bin/notes'), '', { mode: 0o644 });
});
afterAll(() => rmSync(folder, { recursive: true }));

function machine({ uid = 0, capabilities = '000001ffffffffff', sys = 'sys', CI = '' } = {}): Machine {
  writeFileSync(join(folder, 'proc/self/status'), `Name:\tnode\nCapEff:\t${capabilities}\n`);
  return {
    uid,
    environment: { PATH: join(folder, 'bin'), CI },
    proc: join(folder, 'proc'),
    sys: join(folder, sys),
  };
}

describe('requirements', () => {
  test('a machine that has everything skips nothing', () => {
    expect(needs({ root: true, bpf: true, commands: ['promtool'] }, machine())).toEqual({});
  });
  test('CAP_BPF or CAP_SYS_ADMIN suffices for BPF', () => {
    expect(lackingOf({ bpf: true }, machine({ uid: 1000, capabilities: '0000008000000000' }))).toEqual([]);
    expect(lackingOf({ bpf: true }, machine({ uid: 1000, capabilities: '0000000000200000' }))).toEqual([]);
  });
  test('everything missing is named at once', () => {
    const bare = machine({ uid: 1000, capabilities: '0000000000000000', sys: 'none' });
    expect(needs({ root: true, bpf: true, commands: ['promtool', 'notes', 'chromium'] }, bare)).toEqual({
      skip: true,
      meta: {
        lacks: 'needs root, CAP_BPF (run as root), a kernel with BTF, the command notes, the command chromium',
      },
    });
  });
  test('in CI nothing may be skipped', () => {
    expect(() => needs({ commands: ['chromium'] }, machine({ CI: 'true' }))).toThrow('needs the command chromium');
  });
});
