import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Faults } from '../../../src/errors/fault.js';
import { compileScript } from '../../../src/script/compile_script.js';
import { explained } from '../../../src/script/explanation.js';
import { instructionCounts } from '../../../src/script/object/assemble.js';
import { runningKernel } from '../../../src/script/resolve/running_kernel.js';
import { parseScript } from '../../../src/script/syntax/parse.js';
import { BtfFixture } from './btf_fixture.js';

/** 1 int, 2 file, 3 file *, 4 forward of conn, 5 conn *, 6 and 7 vfs_open(file *, conn *), 8 and 9 helper(). */
const vmlinux = new BtfFixture()
  .add('int', 'int', 0, 4, (1 << 24) | 32)
  .add('struct', 'file', 2, 16, 'flags', 1, 0, 'conn', 5, 64)
  .add('pointer', '', 0, 2)
  .add('forward', 'conn', 0, 0)
  .add('pointer', '', 0, 4)
  .add('prototype', '', 2, 1, 'file', 3, 'conn', 5)
  .add('function', 'vfs_open', 1, 6)
  .add('prototype', '', 0, 1)
  .add('function', 'helper', 1, 8);

/** 10 conn, 11 conn *, 12 and 13 conn_open(conn *, file *), 14 state, 15 to 19 tracepoint conn_closed, 20 helper(). */
const conn = new BtfFixture(vmlinux)
  .add('struct', 'conn', 2, 16, 'port', 1, 32, 'file', 3, 64)
  .add('pointer', '', 0, 10)
  .add('prototype', '', 2, 1, 'conn', 11, 'file', 3)
  .add('function', 'conn_open', 1, 12)
  .add('enum', 'conn_state', 1, 4, 'CONN_BUSY', 7)
  .add('prototype', '', 2, 0, '', 0, 'closed', 11)
  .add('pointer', '', 0, 15)
  .add('typedef', 'btf_trace_conn_closed', 0, 16)
  .add('prototype', '', 2, 0, '__data', 0, 'closed', 11)
  .add('function', '__bpf_trace_conn_closed', 1, 18)
  .add('function', 'helper', 1, 12);

const other = new BtfFixture(vmlinux).add('prototype', '', 1, 1, 'file', 3).add('function', 'conn_shut', 1, 10);

const folder = mkdtempSync(join(tmpdir(), 'santabpf-modules-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'btf'));
for (const [name, bytes] of [
  ['vmlinux', vmlinux.bytes()],
  ['conn', conn.bytes()],
  ['other', other.bytes()],
  ['broken', Buffer.from('no BTF')],
] as const)
  writeFileSync(join(folder, 'btf', name), bytes);

const kernel = runningKernel({
  btf: join(folder, 'btf/vmlinux'),
  modules: join(folder, 'btf'),
  tracefs: [],
  release: '6.1.0',
  architecture: 'x64',
  cpus: 2,
});

const compiled = (text: string) => compileScript(parseScript(text, 'x.bt'), { file: 'x.bt', text, probe: 'x', kernel });

/** What `santabpf script` says of the expressions. */
function expressionsOf(text: string): string[] {
  const lines = explained(compiled(text), { file: 'x.bt', text, prefix: '', cpus: 2 }).split('\n');
  const first = lines.indexOf('Expressions') + 1;
  return lines.slice(first, lines.indexOf('', first)).map((line) => line.trim().replace(/^\S+ +/, ''));
}

const sectionsOf = (text: string) => compiled(text).object.functions.flatMap(({ section }) => section ?? []);

function faultsOf(text: string): string[] {
  try {
    compiled(text);
  } catch (error) {
    return (error as Faults).faults.map(({ message, remedy }) => `${message} · ${remedy}`);
  }
  return [];
}

describe('the types of modules', () => {
  test('are those of arguments and results of their functions, and refer to those of the kernel', () => {
    expect(
      expressionsOf(
        'fexit:conn:conn_open { @[args.conn.port, args.conn.file.flags, args.file.flags, retval] = count(); }',
      ),
    ).toEqual([
      'args.conn: struct conn *',
      'args.conn.port: int32, 4 bytes at offset 4 of conn',
      'args.conn.file: struct file *, 8 bytes at offset 8 of conn',
      'args.conn.file.flags: int32, 4 bytes at offset 0 of file',
      'args.file: struct file *',
      'args.file.flags: int32, 4 bytes at offset 0 of file',
      'retval: int32',
    ]);
  });

  test('complete what the kernel only declares', () => {
    expect(expressionsOf('fentry:vfs_open { @[args.file.conn.port, args.conn.port] = count(); }')).toContain(
      'args.file.conn.port: int32, 4 bytes at offset 4 of conn',
    );
  });

  test('are known by name in every probe', () => {
    expect(
      expressionsOf(
        'fentry:vfs_open { @[((struct conn *)args.conn)->port, sizeof(struct conn), CONN_BUSY] = count(); }',
      ),
    ).toContain('((struct conn *)args.conn)->port: int32, 4 bytes at offset 4 of conn');
  });
});

describe('hooks of modules', () => {
  test.each([
    ['fentry:conn:conn_open', ['fentry/conn_open']],
    ['fentry:conn_open', ['fentry/conn_open']],
    ['fentry:conn_*', ['fentry/conn_open', 'fentry/conn_shut']],
    ['fentry:other:conn_*', ['fentry/conn_shut']],
    ['fentry:*:*_open', ['fentry/vfs_open', 'fentry/conn_open']],
    ['fentry:vmlinux:*', ['fentry/vfs_open', 'fentry/helper']],
    ['rawtracepoint:conn:conn_closed', ['raw_tp/conn_closed']],
    ['rawtracepoint:conn_*', ['raw_tp/conn_closed']],
  ])('%s', (hook, sections) => {
    expect(sectionsOf(`${hook} { @ = count(); }`).toSorted()).toEqual(sections.toSorted());
  });

  test('have their module in the name of the probe', () => {
    const { object } = compiled(
      'fentry:conn:conn_open, fentry:helper /probe == "fentry:conn:conn_open"/ { @ = count(); }',
    );
    const [inModule, inKernel] = instructionCounts(object);
    expect(inModule!.instructions).toBeGreaterThan(inKernel!.instructions);
  });

  test('give raw tracepoints their arguments', () => {
    expect(expressionsOf('rawtracepoint:conn_closed { @[args.closed.port] = count(); }')).toContain(
      'args.closed.port: int32, 4 bytes at offset 4 of conn',
    );
  });

  test.each([
    ['fentry:con:conn_open', 'No module con with types is loaded · Did you mean "conn"?'],
    ['fentry:broken:conn_open', 'No module broken with types is loaded · Load it, or see ls /sys/kernel/btf.'],
    [
      'fentry:conn:conn_opens',
      'Module conn has no function conn_opens that programs can be attached to · Did you mean "conn_open"?',
    ],
    [
      'fentry:other:conn_open',
      'Module other has no function conn_open that programs can be attached to · It may be inlined: try a kprobe.',
    ],
    [
      'fentry:conn:helper',
      'vmlinux has a function helper, too, and fentry finds it first · Choose a function whose name nothing else has.',
    ],
    ['fentry:conn:x*', 'No function of the kernel matches x* · Look at /proc/kallsyms.'],
  ])('%s is refused', (hook, fault) => {
    expect(faultsOf(`${hook} { @ = count(); }`)).toEqual([fault]);
  });
});
