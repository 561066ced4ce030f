import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  linkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testPython } from '../../../setup/test_python.mjs';
import { needs } from '../../harness/requirements.js';
import { framesOf, namesOf, Programs, type Running } from '../../symbols/programs.js';

const programs = new Programs();
const maps: string[] = [];
afterEach(() => {
  for (const map of maps.splice(0)) rmSync(map, { force: true, recursive: true });
});
afterAll(() => programs.close());

/** The path of a process's perf map, which is removed after the test. */
function mapOf(pid: number): string {
  const path = `/tmp/perf-${pid}.map`;
  maps.push(path);
  return path;
}

function line(start: bigint, size: number, name: string): string {
  return `${start.toString(16)} ${size.toString(16)} ${name}\n`;
}

/** The addresses on the CPU and on the stack at some moments, of a process that burns CPU time. */
function sampled(pid: number): bigint[][] {
  const sampler = programs.compile(`sampler_${pid}`, 'sampler.c');
  const text = execFileSync(sampler, [String(pid), '25'], { encoding: 'utf8', maxBuffer: 64 << 20 });
  return text
    .trim()
    .split('\n')
    .map((words) => words.split(' ').map((word) => BigInt(`0x${word}`)));
}

const compiled = needs({ commands: ['gcc'] });

describe('perf maps of real compilers', needs({ commands: ['gcc'], root: true }), () => {
  it('names JavaScript functions of Node.js', async () => {
    const script = join(programs.folder, 'burn.js');
    writeFileSync(
      script,
      `function burnCycles(n) { let x = 0; for (let i = 0; i < n; i++) x = (x * 31 + i) | 0; return x; }
      console.log('ready 0'); for (;;) burnCycles(1e7);`,
    );
    const { pid } = await programs.start(process.execPath, ['--perf-basic-prof', script], {
      // Node.js writes a log there.
      cwd: programs.folder,
    });
    mapOf(pid);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const counters = sampled(pid).map(([counter]) => counter!);
    const frames = await framesOf(programs.symbolizer(), pid, counters);
    const burning = frames.filter((frame) => frame.function === `burnCycles ${script}:1:20`);
    expect(burning.length).toBeGreaterThan(20);
    expect(burning[0]).toMatchObject({ module: '[jit]', isKernel: false });
  });

  const python = testPython(join(import.meta.dirname, '../../..'));
  it(
    'names Python functions',
    needs({ files: [python?.[0] ?? 'a Python 3.12 or newer (npm test unpacks one)'] }),
    async () => {
      const script = join(programs.folder, 'burn.py');
      writeFileSync(
        script,
        `def burn_cycles(n):\n    x = 0\n    for i in range(n): x = (x * 31 + i) & 0xffff\n    return x\n\nprint('ready 0', flush=True)\nwhile True: burn_cycles(10**6)\n`,
      );
      const { pid } = await programs.start(python![0]!, [...python!.slice(1), '-X', 'perf', script]);
      mapOf(pid);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const words = sampled(pid)
        .flat()
        .filter((word) => word > 0x1000n && word < 1n << 47n);
      const names = await namesOf(programs.symbolizer(), pid, [...new Set(words)]);
      expect(names).toContain(`py::burn_cycles:${script}`);
    },
  );
});

describe('perf maps', compiled, () => {
  let code = '';
  const start = () => programs.start(code);

  beforeAll(() => {
    code = programs.compile('generated_code', 'generated_code.c');
  });

  async function nameWith(running: Running, write: (path: string, address: bigint) => void): Promise<string> {
    const address = running.address('code');
    write(mapOf(running.pid), address);
    return (await namesOf(programs.symbolizer(), running.pid, [address + 16n]))[0]!;
  }

  it('shows generated code without a map by its offset', async () => {
    const { pid, address } = await start();
    expect(await framesOf(programs.symbolizer(), pid, [address('code') + 16n])).toEqual([
      { function: '', module: '', offset: 16, isKernel: false },
    ]);
  });

  it('lets later lines replace earlier ones where they overlap', async () => {
    const { pid, address } = await start();
    const at = address('code');
    const lines = [
      line(at, 256, 'old'),
      line(at + 64n, 64, 'new'),
      'no line\n',
      line(at + 300n, 0, 'empty'),
      line(at + 400n, 8, 'unfinished').trimEnd(),
    ];
    writeFileSync(mapOf(pid), lines.join(''));
    const names = await namesOf(
      programs.symbolizer(),
      pid,
      [0n, 64n, 127n, 128n, 255n, 256n, 300n, 400n].map((n) => at + n),
    );
    expect(names).toEqual(['old', 'new', 'new', 'old', 'old', '', '', '']);
  });

  it('reads a map again that has grown, and keeps the names when the process ends', async () => {
    const { pid, address, end } = await start();
    const at = address('code');
    const map = mapOf(pid);
    writeFileSync(map, line(at, 64, 'first'));
    const symbolizer = programs.symbolizer();
    expect(await namesOf(symbolizer, pid, [at, at + 64n])).toEqual(['first', '']);
    appendFileSync(map, line(at + 64n, 64, 'second'));
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect(await namesOf(symbolizer, pid, [at, at + 64n])).toEqual(['first', 'second']);
    await end();
    rmSync(map);
    expect(await namesOf(symbolizer, pid, [at, at + 64n])).toEqual(['first', 'second']);
  });

  it('shows names without control characters and cuts long ones', async () => {
    const running = await start();
    const name = await nameWith(running, (path, at) =>
      writeFileSync(path, line(at, 64, `\u001b[31mred\u202e${'x'.repeat(1000)}`)),
    );
    expect(name).toMatch(/^\\x1b\[31mred\\xe2\\x80\\xaex+…$/);
    expect(name.length).toBe(256);
  });

  it.each<[string, (path: string, address: bigint) => void]>([
    [
      'a sparse file of 1 GB',
      (path, at) => {
        writeFileSync(path, line(at, 64, 'huge'));
        truncateSync(path, 1 << 30);
      },
    ],
    [
      'a symbolic link',
      (path, at) => {
        writeFileSync(`${path}.target`, line(at, 64, 'linked'));
        maps.push(`${path}.target`);
        symlinkSync(`${path}.target`, path);
      },
    ],
    ['a symbolic link to a secret', (path) => symlinkSync('/etc/shadow', path)],
    [
      'a file with two names',
      (path, at) => {
        writeFileSync(`${path}.other`, line(at, 64, 'two'));
        maps.push(`${path}.other`);
        linkSync(`${path}.other`, path);
      },
    ],
    ['a FIFO', (path) => execFileSync('mkfifo', [path])],
    ['a directory', (path) => execFileSync('mkdir', [path])],
    [
      'a file older than the process',
      (path, at) => {
        writeFileSync(path, line(at, 64, 'old'));
        utimesSync(path, 1, 1);
      },
    ],
    [
      'binary data',
      (path) => writeFileSync(path, Buffer.from(Array.from({ length: 1 << 16 }, (_, i) => (i * 7919) & 255))),
    ],
  ])('does not count %s', async (_, write) => {
    const running = await start();
    expect(await nameWith(running, write)).toBe('');
  });

  it('counts only a file of the user of the process', needs({ root: true }), async () => {
    execFileSync('chmod', ['755', programs.folder]);
    const running = await programs.start(code, ['1234', '1234']);
    expect(await nameWith(running, (path, at) => writeFileSync(path, line(at, 64, 'of root')))).toBe('');
    const owned = await nameWith(running, (path, at) => {
      writeFileSync(path, line(at, 64, 'of the user'));
      chownSync(path, 1234, 1234);
    });
    expect(owned).toBe('of the user');
  });

  it(
    'finds the map of a process by its number in its own namespaces',
    needs({ root: true, commands: ['unshare'] }),
    async () => {
      const script = `mount -t tmpfs none /tmp && mkdir -p ${programs.folder} && cat >/dev/null; exec "$0"`;
      const inner = join('/var/tmp', `santabpf-code-${process.pid}`);
      execFileSync('cp', [code, inner]);
      maps.push(inner);
      const wrapper = await programs.start('sh', [
        '-c',
        'exec unshare -m -p -f sh -c "$0" "$1" 2>/dev/null',
        script,
        inner,
      ]);
      const [pid] = execFileSync('pgrep', ['-P', String(wrapper.pid)], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map(Number);
      const at = wrapper.address('code');
      writeFileSync(`/proc/${pid}/root/tmp/perf-1.map`, line(at, 64, 'in a container'));
      expect(await namesOf(programs.symbolizer(), pid!, [at])).toEqual(['in a container']);
      process.kill(pid!, 'SIGKILL');
    },
  );
});
