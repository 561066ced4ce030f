import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProcessTable } from '../../src/kernel/process_table.js';

let proc: string;
beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'santabpf-processes-'));
  mkdirSync(join(proc, 'sys'));
});
afterEach(() => rmSync(proc, { recursive: true }));

function run(pid: number, command: string): void {
  mkdirSync(join(proc, String(pid)), { recursive: true });
  writeFileSync(join(proc, String(pid), 'comm'), `${command}\n`);
}

const end = (pid: number) => rmSync(join(proc, String(pid)), { recursive: true });

describe('processes by their names', () => {
  test('are found while they run', () => {
    run(7, 'nginx');
    run(8, 'nginx');
    run(9, 'bash');
    const table = new ProcessTable(proc);
    expect(table.chosen({ command: 'nginx' })).toEqual([]);
    table.refresh();
    expect(table.chosen({ command: 'nginx' }).sort()).toEqual([7, 8]);
    expect([table.chosen({ pid: 9 }), table.chosen({ pid: 10 })]).toEqual([[9], []]);
    end(7);
    table.expire();
    expect(table.chosen({ command: 'nginx' })).toEqual([8]);
  });

  test('may change', () => {
    run(7, 'runc');
    const table = new ProcessTable(proc);
    for (let i = 0; i < 10; i++) table.refresh();
    run(7, 'nginx');
    table.refresh();
    expect(table.chosen({ command: 'nginx' })).toEqual([7]);
  });

  test('take turns: a look reads a bounded number of them, and none waits for ever', () => {
    for (let pid = 1; pid <= 8; pid++) run(pid, 'old');
    const table = new ProcessTable(proc);
    for (let i = 0; i < 10; i++) table.refresh(1000);
    for (let pid = 1; pid <= 8; pid++) run(pid, 'changed');
    table.refresh(4);
    expect(table.chosen({ command: 'changed' })).toHaveLength(4);
    for (let i = 0; i < 40; i++) {
      // A neighbour starts processes faster than they are looked at.
      for (let j = 0; j < 3; j++) run(1000 + i * 3 + j, 'new');
      table.refresh(4);
    }
    expect(table.chosen({ command: 'old' })).toEqual([]);
  });
});
