import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { needs } from '../../harness/requirements.js';
import { framesOf, namesOf, Programs } from '../../symbols/programs.js';

const programs = new Programs();
afterAll(() => programs.close());

const elf = needs({ commands: ['gcc', 'g++', 'strip', 'objcopy'] });

describe('programs and libraries', elf, () => {
  it.each([
    ['position-independent', ['-pie', '-fPIE']],
    ['at a fixed address', ['-no-pie']],
  ])('names static and global functions of a program %s', async (name, flags) => {
    const path = programs.compile(name.replaceAll(' ', '_'), 'functions.c', ...flags);
    const { pid, address } = await programs.start(path);
    const [hidden, visible, puts] = await framesOf(programs.symbolizer(), pid, [
      address('hidden_function'),
      address('visible_function') + 2n,
      address('puts'),
    ]);
    expect(hidden).toMatchObject({ function: 'hidden_function', module: path, isKernel: false });
    expect(visible).toMatchObject({ function: 'visible_function', module: path });
    expect(puts?.function).toMatch(/puts$/);
    // addr2line takes the offset.
    const offset = `0x${hidden!.offset.toString(16)}`;
    expect(execFileSync('nm', [path], { encoding: 'utf8' })).toContain(
      `${offset.slice(2).padStart(16, '0')} t hidden_function`,
    );
  });

  it('names what a stripped program exports, and shows file and offset otherwise', async () => {
    const path = programs.compile('stripped', 'functions.c', '-rdynamic');
    execFileSync('strip', [path]);
    const { pid, address } = await programs.start(path);
    const [hidden, visible] = await framesOf(programs.symbolizer(), pid, [
      address('hidden_function'),
      address('visible_function'),
    ]);
    expect(visible?.function).toBe('visible_function');
    expect(hidden).toMatchObject({ function: '', module: path });
    expect(hidden?.offset).toBe(visible!.offset - Number(address('visible_function') - address('hidden_function')));
  });

  it('reads compressed debug information of a stripped program', needs({ commands: ['xz'] }), async () => {
    const path = programs.compile('mini', 'functions.c');
    const small = join(programs.folder, 'mini.symbols');
    execFileSync('objcopy', ['-S', '--keep-symbol=hidden_function', path, small]);
    execFileSync('xz', [small]);
    execFileSync('strip', [path]);
    execFileSync('objcopy', ['--add-section', `.gnu_debugdata=${small}.xz`, path]);
    const { pid, address } = await programs.start(path);
    expect(await namesOf(programs.symbolizer(), pid, [address('hidden_function')])).toEqual(['hidden_function']);
  });

  it('names functions of a shared library', async () => {
    const library = programs.compile('libfirst.so', 'library.c', '-shared', '-fPIC');
    const path = programs.compile('linked', 'functions.c', '-DLIBRARY', library);
    const { pid, address } = await programs.start(path);
    const [frame] = await framesOf(programs.symbolizer(), pid, [address('library_function')]);
    expect(frame).toMatchObject({ function: 'library_function', module: library });
  });

  it('demangles C++ names and leaves parameters out', async () => {
    const { pid, address } = await programs.start(programs.compile('mangled', 'mangled.cc'));
    const names = await namesOf(programs.symbolizer(), pid, ['hidden', 'method', 'call', 'template'].map(address));
    expect(names).toEqual([
      'shop::(anonymous namespace)::Hidden',
      'shop::Basket::Sum',
      'shop::Basket::operator()',
      'long shop::Twice<long>',
    ]);
  });

  it('takes the call, not the return, of a caller', async () => {
    const { pid, address } = await programs.start(programs.compile('calls', 'functions.c'));
    const start = address('visible_function');
    const [stack] = await programs
      .symbolizer()
      .symbolize([{ labels: { a: 'b' }, pid, kernel: [], user: [start, start, start + 1n], value: 3 }]);
    expect(stack).toMatchObject({ labels: { a: 'b' }, value: 3 });
    expect(stack?.frames.map((frame) => frame.function)).toEqual([
      'visible_function',
      expect.not.stringMatching('visible_function'),
      'visible_function',
    ]);
  });

  it('names functions of the vDSO', async () => {
    const { pid } = await programs.start(programs.compile('with_vdso', 'functions.c'));
    const line = readFileSync(`/proc/${pid}/maps`, 'utf8')
      .split('\n')
      .find((text) => text.endsWith('[vdso]'))!;
    const [start, end] = line.split(/[- ]/, 2).map((text) => BigInt(`0x${text}`));
    const addresses = Array.from({ length: Number((end! - start!) / 64n) }, (_, i) => start! + BigInt(i * 64));
    expect(await namesOf(programs.symbolizer(), pid, addresses)).toContain('__vdso_clock_gettime');
  });

  it('keeps the names of a process that has ended, if it was observed', async () => {
    const seen = await programs.start(programs.compile('seen', 'functions.c'));
    const unseen = await programs.start(programs.compile('unseen', 'functions.c'));
    const symbolizer = programs.symbolizer();
    await symbolizer.observe([seen.pid]);
    // The files of observed processes are read in the background.
    await namesOf(symbolizer, seen.pid, [seen.address('puts')]);
    await seen.end();
    await unseen.end();
    rmSync(join(programs.folder, 'seen'));
    expect(await namesOf(symbolizer, seen.pid, [seen.address('hidden_function')])).toEqual(['hidden_function']);
    expect(await framesOf(symbolizer, unseen.pid, [unseen.address('hidden_function')])).toEqual([
      { function: '', module: '', offset: 0, isKernel: false },
    ]);
  });

  it('follows an exec and a library that was loaded later', async () => {
    const path = programs.compile('executed', 'functions.c');
    const shell = await programs.start('sh', ['-c', `echo ready; sleep 0.5; exec ${path}`]);
    const symbolizer = programs.symbolizer();
    await symbolizer.observe([shell.pid]);
    const exe = () => readFileSync(`/proc/${shell.pid}/cmdline`, 'utf8');
    while (exe().startsWith('sh')) await new Promise((resolve) => setTimeout(resolve, 50));
    const map = readFileSync(`/proc/${shell.pid}/maps`, 'utf8')
      .split('\n')
      .find((text) => text.includes(' r-xp') && text.endsWith(path));
    const code = BigInt(`0x${map!.split('-')[0]}`);
    await new Promise((resolve) => setTimeout(resolve, 5100));
    const [frame] = await framesOf(symbolizer, shell.pid, [code + 16n]);
    expect(frame?.module).toBe(path);
  });
});

describe(
  'files that are gone or elsewhere',
  needs({ root: true, commands: ['gcc', 'strip', 'objcopy', 'unshare'] }),
  () => {
    it('reads a deleted program through the process', async () => {
      const path = programs.compile('deleted', 'functions.c');
      const { pid, address } = await programs.start(path);
      rmSync(path);
      const [frame] = await framesOf(programs.symbolizer(), pid, [address('hidden_function')]);
      expect(frame).toMatchObject({ function: 'hidden_function', module: path });
    });

    it('uses a debug file with the same build-id, and no other', async () => {
      const path = programs.compile('with_debug', 'functions.c', '-Wl,--build-id');
      const id = /Build ID: ([0-9a-f]+)/.exec(execFileSync('readelf', ['-n', path], { encoding: 'utf8' }))![1]!;
      const other = programs.compile('other', 'functions.c', '-Dhidden_function=wrong_name', '-Wl,--build-id');
      execFileSync('objcopy', ['--only-keep-debug', path, `${path}.debug`]);
      execFileSync('strip', [path]);
      const debug = join(programs.folder, 'debug');
      const place = join(debug, '.build-id', id.slice(0, 2));
      mkdirSync(place, { recursive: true });
      mkdirSync('/usr/lib/debug', { recursive: true });
      const script = `mount --bind ${debug} /usr/lib/debug && exec ${path}`;
      for (const [file, name] of [
        [`${path}.debug`, 'hidden_function'],
        [other, ''],
      ] as const) {
        copyFileSync(file, join(place, `${id.slice(2)}.debug`));
        const { pid, address, end } = await programs.start('unshare', ['-m', 'sh', '-c', script]);
        expect(await namesOf(programs.symbolizer(), pid, [address('hidden_function')])).toEqual([name]);
        await end();
      }
    });

    it('reads the files of the mount namespace that the process sees', async () => {
      const path = programs.compile('seen_here', 'functions.c');
      const hidden = programs.compile('seen_there', 'functions.c', '-Dhidden_function=in_namespace');
      const here = await programs.start(path);
      const there = await programs.start('unshare', [
        '-m',
        'sh',
        '-c',
        `mount --bind ${hidden} ${path} && exec ${path}`,
      ]);
      const symbolizer = programs.symbolizer();
      const names = await symbolizer.symbolize([
        { labels: {}, pid: here.pid, kernel: [], user: [here.address('hidden_function')], value: 1 },
        { labels: {}, pid: there.pid, kernel: [], user: [there.address('hidden_function')], value: 1 },
      ]);
      expect(names.map(({ frames }) => frames[0])).toMatchObject([
        { function: 'hidden_function', module: path },
        { function: 'in_namespace', module: path },
      ]);
    });

    it('does the same without the capabilities that show mapped files directly', async () => {
      const path = programs.compile('plain_view', 'functions.c');
      const hidden = programs.compile('plain_there', 'functions.c', '-Dhidden_function=in_namespace');
      const there = await programs.start('unshare', [
        '-m',
        'sh',
        '-c',
        `mount --bind ${hidden} ${path} && exec ${path}`,
      ]);
      const wrapper = join(programs.folder, 'wrapper');
      const program = join(import.meta.dirname, '../../../build/Release/santabpf_symbols');
      writeFileSync(
        wrapper,
        `#!/bin/sh\nexec /usr/bin/setpriv --bounding-set -sys_admin,-checkpoint_restore ${program} "$@"\n`,
        { mode: 0o755 },
      );
      const symbolizer = programs.symbolizer({ program: wrapper });
      expect(await namesOf(symbolizer, there.pid, [there.address('hidden_function')])).toEqual(['in_namespace']);
    });
  },
);
