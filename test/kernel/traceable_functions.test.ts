import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { traceableFunctions, traceableFunctionsOf } from '../../src/kernel/attach/traceable_functions.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'santabpf-functions-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function filesWith(list: string, symbols: string) {
  const [own, table] = [join(folder, 'available_filter_functions'), join(folder, 'kallsyms')];
  writeFileSync(own, list);
  writeFileSync(table, symbols);
  return { lists: [join(folder, 'not there'), own], symbols: table };
}

const list = '__do_sys_getppid\nvfs_read\nxfs_read [xfs]\nvfs_only\n';
const symbols = `ffffffff81000430 T __pfx___x64_sys_getppid
ffffffff81000440 t __do_sys_getppid
ffffffff81000440 T __ia32_sys_getppid
ffffffff81000440 T __x64_sys_getppid
ffffffff81000500 T vfs_read
ffffffff81000600 D vfs_reads
ffffffff81000700 T vfs_notrace
ffffffffc0000100 t xfs_read\t[xfs]
`;

describe('functions that can be traced', () => {
  it('have all names of their addresses', () => {
    expect([...traceableFunctions(filesWith(list, symbols))!.keys()].sort()).toEqual([
      '__do_sys_getppid',
      '__ia32_sys_getppid',
      '__x64_sys_getppid',
      'vfs_only',
      'vfs_read',
      'xfs_read',
    ]);
  });

  it('match a pattern once each', () => {
    const files = filesWith(list, symbols);
    expect(traceableFunctionsOf('*__x64_sys_getppi?', files)).toEqual(['__x64_sys_getppid']);
    expect(traceableFunctionsOf('*getppid', files)).toEqual(['__do_sys_getppid']);
    expect(traceableFunctionsOf('vfs_*', files)).toEqual(['vfs_only', 'vfs_read']);
    expect(traceableFunctionsOf('xfs_*', files)).toEqual(['xfs_read']);
    expect(traceableFunctionsOf('nfs_*', files)).toEqual([]);
  });

  it('have the names of the list alone where addresses are hidden', () => {
    const hidden = symbols.replaceAll(/^\S+/gm, '0'.repeat(16));
    expect(traceableFunctionsOf('*getppid', filesWith(list, hidden))).toEqual(['__do_sys_getppid']);
  });

  it('are not known without tracefs', () => {
    const files = { lists: [join(folder, 'not there')], symbols: join(folder, 'kallsyms') };
    expect(traceableFunctionsOf('vfs_*', files)).toBeUndefined();
  });
});
