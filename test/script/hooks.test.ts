import { describe, expect, test } from 'vitest';
import { compiled, faultsOf, kernel } from './compiled_script.js';

describe('the hooks of a script', () => {
  const hooks = (text: string) => compiled(text).object.functions.flatMap(({ section }) => section ?? []);

  test.each([
    ['tracepoint:syscalls:sys_exit_*', ['tracepoint/syscalls/sys_exit_read', 'tracepoint/syscalls/sys_exit_write']],
    ['t:syscalls:sys_exit_read', ['tracepoint/syscalls/sys_exit_read']],
    ['rawtracepoint:sched_switch', ['raw_tp/sched_switch']],
    ['kprobe:vfs_read, kretprobe:vfs_read', ['kprobe/vfs_read', 'kretprobe/vfs_read']],
    ['kprobe:vfs_*', ['kprobe.multi/vfs_*']],
    ['uretprobe:/bin/bash:readline', ['uretprobe']],
    ['profile:hz:99', ['perf_event']],
  ])('%s', (points, sections) => {
    expect(hooks(`${points} { @ = count(); }`)).toEqual(sections);
  });

  test.each([
    ['profile:hz:99', { event: 'cpu-clock', frequency: 99 }],
    ['profile:ms:10', { event: 'cpu-clock', period: 10_000_000 }],
    ['interval:s:1', { event: 'cpu-clock', period: 1_000_000_000 }],
    ['software:faults:1', { event: 'page-faults', period: 1 }],
    ['hardware:cache-misses:1000', { event: 'cache-misses', period: 1000 }],
    ['uprobe:libc:malloc', { library: 'libc', symbol: 'malloc' }],
    ['uprobe:/bin/bash:"read*"', { binary: '/bin/bash', symbols: 'read*' }],
    ['usdt:/bin/x:python:gc__start', { binary: '/bin/x', provider: 'python', probe: 'gc__start' }],
  ])('%s has settings', (point, settings) => {
    expect(Object.values(compiled(`${point} { @ = count(); }`).script.programs!.attach as object)).toEqual([settings]);
  });
});

describe('patterns of functions', () => {
  const functions = [
    { name: 'vfs_read', module: undefined },
    { name: 'vfs_write', module: undefined },
    { name: 'vfs_cap', module: 'own' },
  ];
  const symbol = (name: string, address: bigint, isFunction = true) => ({
    name,
    address,
    size: 8,
    isFunction,
    isGlobal: true,
  });
  const symbols = [
    symbol('step_a', 16n),
    symbol('step_b', 32n),
    symbol('step_also_b', 32n),
    symbol('step_count', 64n, false),
  ];
  const twice = [...symbols, symbol('step_a', 48n)];
  const listing = (all: typeof symbols) => ({
    ...kernel,
    traceableFunctions: () => functions,
    symbolsOf: (_: string, isWanted: (name: string) => boolean) => ({
      isRelocated: false,
      symbols: all.filter(({ name }) => isWanted(name)),
      addressAt: () => undefined,
      offsetOf: (address: bigint) => Number(address) + 4096,
    }),
  });
  const sections = (text: string, version: readonly [number, number] = [6, 1]) =>
    compiled(text, { kernel: { ...listing(symbols), version } }).object.functions.flatMap(
      ({ section }) => section ?? [],
    );

  test.each([
    ['kprobe:vfs_* { @[probe] = count(); }', ['kprobe/vfs_cap', 'kprobe/vfs_read', 'kprobe/vfs_write']],
    ['kretprobe:vfs_w* /probe == "x"/ { @ = count(); }', ['kretprobe/vfs_write']],
    ['kprobe:vmlinux:vfs_* { @ = count(); }', ['kprobe/vfs_read', 'kprobe/vfs_write']],
    ['kprobe:own:* { @ = count(); }', ['kprobe/vfs_cap']],
    ['kprobe:vfs_* { @[func] = count(); }', ['kprobe.multi/vfs_*']],
  ])('of the kernel are one program, unless it asks which of them it is: %s', (text, expected) => {
    expect(sections(text)).toEqual(expected);
  });

  test('of the kernel are one program each for func, before the kernel tells it the function', () => {
    expect(sections('kprobe:vfs_r* { @[func] = count(); }', [5, 10])).toEqual(['kprobe/vfs_read']);
  });

  test.each([
    ['probe', symbols, [{ symbol: 'step_a' }, { symbol: 'step_also_b' }]],
    ['func', twice, [{ offset: 4112 }, { symbol: 'step_also_b' }, { offset: 4144 }]],
  ] as const)('of a program are one program for each place: %s', (name, all, places) => {
    const { script } = compiled(`uprobe:/bin/own:step_* { @[${name}] = count(); }`, { kernel: listing([...all]) });
    expect(Object.values(script.programs!.attach as object)).toEqual(
      places.map((place) => ({ binary: '/bin/own', ...place })),
    );
  });

  test.each([
    ['kprobe:vfs_* { @[probe] = count(); }', 'tracefs is not mounted: it has the list of functions'],
    ['kprobe:own:vfs_* { @ = count(); }', 'tracefs is not mounted: it has the list of functions'],
    ['uprobe:libown:step_* { @[func] = count(); }', 'The functions of libown cannot be listed'],
  ])('that cannot be looked up are refused: %s', (text, message) => {
    expect(faultsOf(text)).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ['kprobe:own:gone* { @ = count(); }', 'No function of module own matches gone*'],
    ['kprobe:gone* { @[probe] = count(); }', 'No function of the kernel matches gone*'],
    ['uprobe:/bin/own:gone* { @[probe] = count(); }', '/bin/own has no function that matches gone*'],
    [
      'config = { max_probes = 1 } kprobe:vfs_* { @[probe] = count(); }',
      'kprobe:vfs_* stands for 3 probes, more than 1',
    ],
  ])('that match too few or too many are refused: %s', (text, message) => {
    expect(faultsOf(text, { kernel: listing(symbols) })).toEqual([expect.stringContaining(message)]);
  });
});

describe('uaddr()', () => {
  const symbol = { name: 'counter', address: 0x4000n, size: 4, isFunction: false, isGlobal: true };
  const step = { name: 'step', address: 0x1000n, size: 64, isFunction: true, isGlobal: true };
  const program = (
    isRelocated: boolean,
    version: readonly [number, number] = [6, 7],
    more: (typeof symbol)[] = [],
  ) => ({
    ...kernel,
    version,
    symbolsOf: (target: string) =>
      target === '/bin/own'
        ? { isRelocated, symbols: [symbol, step, ...more], addressAt: () => undefined, offsetOf: () => 0 }
        : undefined,
  });

  test.each([
    ['profile:hz:9 { @ = *uaddr("counter"); }', 'profile has no program'],
    ['uprobe:/bin/own:step { @ = *uaddr(1); }', 'uaddr() takes the name of a symbol'],
    ['uprobe:/bin/own:step { @ = *uaddr("conter"); }', '/bin/own has no symbol "conter" · Did you mean "counter"?'],
    ['uprobe:/bin/gone:step { @ = *uaddr("counter"); }', 'The symbols of /bin/gone cannot be read'],
    ['usdt:/bin/own:own:step { @ = *uaddr("counter"); }', 'usdt does not say where /bin/own is loaded'],
    ['uprobe:/bin/own:0x10 { @ = *uaddr("counter"); }', 'uprobe does not say where /bin/own is loaded'],
  ])('is refused: %s', (text, message) => {
    expect(faultsOf(text, { kernel: program(true) })).toEqual([expect.stringContaining(message)]);
  });

  test('is refused at a return before the kernel tells where that is, and for several symbols of one name', () => {
    const text = 'uretprobe:/bin/own:step { @ = *uaddr("counter"); }';
    expect(faultsOf(text, { kernel: program(true) })).toEqual([]);
    expect(faultsOf(text, { kernel: program(true, [6, 6]) })).toEqual([
      expect.stringContaining('Before Linux 6.7, a uretprobe does not say where its file is loaded'),
    ]);
    expect(faultsOf(text, { kernel: program(false, [6, 6]) })).toEqual([]);
    expect(faultsOf(text, { kernel: program(false, [6, 7], [{ ...symbol, address: 0x5000n }]) })).toEqual([
      expect.stringContaining('/bin/own has several symbols "counter"'),
    ]);
  });
});
