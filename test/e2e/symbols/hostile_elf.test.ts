import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Helper, Refusal } from '../../../src/symbols/helper.js';
import { parseProcess } from '../../../src/symbols/processes.js';
import { needs } from '../../harness/requirements.js';
import { framesOf, namesOf, Programs } from '../../symbols/programs.js';

const program = join(import.meta.dirname, '../../../build/Release/santabpf_symbols');
const programs = new Programs();
const helpers: Helper[] = [];
afterAll(async () => {
  for (const helper of helpers) helper.close();
  await programs.close();
});

/** Offset of the section headers, and size and number of them. */
const sections = (file: Buffer) => ({ at: Number(file.readBigUInt64LE(40)), count: file.readUInt16LE(60) });

/** Changes each section header: type at byte 4, offset at 24, size at 32, link at 40, entry size at 56. */
function eachSection(file: Buffer, change: (header: Buffer) => void): void {
  const { at, count } = sections(file);
  for (let i = 0; i < count; i++) change(file.subarray(at + i * 64, at + (i + 1) * 64));
}

const lies: [string, (file: Buffer) => void][] = [
  ['section sizes of exabytes', (file) => eachSection(file, (header) => header.writeBigUInt64LE(1n << 60n, 32))],
  [
    'section sizes just below 2^64',
    (file) => eachSection(file, (header) => header.writeBigUInt64LE(2n ** 64n - 8n, 32)),
  ],
  ['sections beyond the end', (file) => eachSection(file, (header) => header.writeBigUInt64LE(1n << 40n, 24))],
  ['symbol entries of no size', (file) => eachSection(file, (header) => header.writeBigUInt64LE(0n, 56))],
  ['symbol entries of one byte', (file) => eachSection(file, (header) => header.writeBigUInt64LE(1n, 56))],
  [
    'links to sections that do not exist',
    (file) => eachSection(file, (header) => header.writeUInt32LE(0xfffffff0, 40)),
  ],
  [
    'links to themselves',
    (file) => {
      let i = 0;
      eachSection(file, (header) => header.writeUInt32LE(i++, 40));
    },
  ],
  ['symbol tables everywhere', (file) => eachSection(file, (header) => header.writeUInt32LE(2, 4))],
  ['65,535 sections', (file) => void file.writeUInt16LE(0xffff, 60)],
  ['section headers at the end', (file) => void file.writeBigUInt64LE(BigInt(file.length - 3), 40)],
];

describe('ELF files that lie', needs({ commands: ['gcc'] }), () => {
  it('cost only their own names', async () => {
    const path = programs.compile('honest', 'functions.c');
    const honest = await programs.start(path);
    const symbolizer = programs.symbolizer();
    for (const [index, [lie, change]] of lies.entries()) {
      const file = readFileSync(path);
      change(file);
      const copy = join(programs.folder, `lie_${index}`);
      writeFileSync(copy, file, { mode: 0o755 });
      const { pid, address, end } = await programs.start(copy);
      const [frame] = await framesOf(symbolizer, pid, [address('hidden_function')]);
      expect(frame?.module, lie).toBe(copy);
      expect(['', 'hidden_function', '_init'], lie).toContain(frame?.function);
      await end();
    }
    expect(await namesOf(symbolizer, honest.pid, [honest.address('hidden_function')])).toEqual(['hidden_function']);
    expect(symbolizer.status.helperStarts).toBe(1);
  });

  it('cannot fill the memory with compressed debug information', {
    ...needs({ commands: ['xz', 'objcopy'] }),
    timeout: 240_000,
  }, async () => {
    const path = programs.compile('bomb', 'functions.c', '-rdynamic', '-s');
    const section = join(programs.folder, 'bomb.xz');
    execFileSync('sh', ['-c', `head -c 700000000 /dev/zero | xz -0 >${section}`]);
    execFileSync('objcopy', ['--add-section', `.gnu_debugdata=${section}`, path]);
    const { pid, address } = await programs.start(path);
    const symbolizer = programs.symbolizer();
    // Without memory for it, or without time.
    expect(['', 'visible_function']).toContain((await namesOf(symbolizer, pid, [address('visible_function')]))[0]);
    const other = await programs.start(programs.compile('not_bomb', 'functions.c'));
    expect(await namesOf(symbolizer, other.pid, [other.address('hidden_function')])).toEqual(['hidden_function']);
  });

  it('show symbol names without control characters', async () => {
    const path = programs.compile('escapes', 'functions.c');
    const file = readFileSync(path);
    const name = file.lastIndexOf('hidden_function');
    file.write('\u001b[2J\nroot\u0007!', name, 'latin1');
    writeFileSync(path, file);
    const { pid, address } = await programs.start(path);
    expect(await namesOf(programs.symbolizer(), pid, [address('hidden_function')])).toEqual([
      '\\x1b[2J\\x0aroot\\x07!tion',
    ]);
  });

  it('may not be devices, or longer than 2 GB', async () => {
    const path = programs.compile('long', 'functions.c');
    truncateSync(path, 3 * 2 ** 30);
    const { pid, address } = await programs.start(path);
    expect(await framesOf(programs.symbolizer(), pid, [address('hidden_function')])).toMatchObject([
      { function: '', module: path },
    ]);
  });
});

describe('the worker', needs({ commands: ['gcc', 'pgrep'], files: ['/proc/self/task'] }), () => {
  /** The question for the table of this Node.js, which takes its time. */
  async function slowQuestion(helper: Helper): Promise<string> {
    const { payload } = await helper.ask(`process ${process.pid} -`, 5000);
    const { mappings } = parseProcess(process.pid, Buffer.from(payload).toString(), 0)!;
    const { range, identity, rawPath } = mappings.find(({ path }) => path === process.execPath)!;
    return `elf ${process.pid} ${range} ${identity} ${rawPath}`;
  }

  function newHelper(): Helper {
    const helper = new Helper(program, '/proc', () => {});
    helpers.push(helper);
    return helper;
  }

  /** Waits for a worker of a helper and gives its number. */
  async function workerOf(helper: Helper): Promise<number> {
    const { pid } = (helper as unknown as { child: { pid: number } }).child;
    for (;;) {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      if (children !== '') return Number(children);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('costs one file when it is killed', async () => {
    const helper = newHelper();
    const question = await slowQuestion(helper);
    const killed = helper.ask(question, 10_000);
    process.kill(await workerOf(helper), 'SIGKILL');
    const error = await killed.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ message: 'ended by signal Killed', isOfFile: true });
    expect((await helper.ask(question, 10_000)).payload.length).toBeGreaterThan(1_000_000);
    expect(helper.starts).toBe(1);
  });

  it('has no privileges, no files and few system calls', needs({ root: true }), async () => {
    const helper = newHelper();
    const question = await slowQuestion(helper);
    const answer = helper.ask(question, 10_000);
    const pid = await workerOf(helper);
    const line = (name: string) =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    while (line('Seccomp') !== '2') await new Promise((resolve) => setImmediate(resolve));
    expect(['Uid', 'Gid', 'Groups', 'CapPrm', 'CapEff', 'CapInh', 'CapAmb', 'NoNewPrivs'].map(line)).toEqual([
      '65534\t65534\t65534\t65534',
      '65534\t65534\t65534\t65534',
      '',
      ...Array(4).fill('0000000000000000'),
      '1',
    ]);
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
    expect(limits).toMatch(/^Max cpu time +5 +5 /m);
    expect(limits).toMatch(/^Max processes +0 +0 /m);
    const data = statSync(process.execPath).size + (256 << 20);
    expect(limits).toMatch(new RegExp(`^Max data size +${data} `, 'm'));
    const folder = execFileSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' });
    expect(folder.match(/-> /g)!.length).toBeLessThanOrEqual(4);
    await answer;
  });
});
