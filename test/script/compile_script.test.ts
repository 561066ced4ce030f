import { describe, expect, test } from 'vitest';
import type { Faults } from '../../src/errors/fault.js';
import { compileScript, type GeneratedScript, type ScriptSource } from '../../src/script/compile_script.js';
import { type KernelTypes, noModules } from '../../src/script/resolve/kernel_types.js';
import { parseScript } from '../../src/script/syntax/parse.js';

const read = `	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
	field:long ret;	offset:16;	size:8;	signed:1;
	field:char comm[16];	offset:24;	size:16;	signed:0;
	field:const char * file;	offset:40;	size:8;	signed:0;
`;

const kernel: KernelTypes = {
  btf: undefined,
  modules: noModules,
  architecture: 'x64',
  version: [6, 1],
  cpus: 2,
  tracepointCategories: () => ['syscalls', 'sched'],
  tracepointsOf: (category) => (category === 'syscalls' ? ['sys_exit_read', 'sys_exit_write'] : []),
  tracepointFormat: (category, name) =>
    category === 'syscalls' && /^sys_exit_(read|write)$/.test(name) ? read : undefined,
  traceableFunctions: () => undefined,
  symbolsOf: () => undefined,
  usdtProbes: (file) => (file === '/usr/bin/own' ? [{ provider: 'own', name: 'step' }] : undefined),
  hasSymbol: (name) => name === 'avenrun',
};

function compiled(text: string, more: Partial<ScriptSource> = {}): GeneratedScript {
  return compileScript(parseScript(text, 'x.bt'), { file: 'x.bt', text, probe: 'reads', kernel, ...more });
}

/** `line:column message · remedy` of all faults. */
function faultsOf(text: string, more: Partial<ScriptSource> = {}): string[] {
  try {
    compiled(text, more);
  } catch (error) {
    return (error as Faults).faults.map(
      ({ location, message, remedy }) => `${location?.line}:${location?.column} ${message} · ${remedy}`,
    );
  }
  return [];
}

const at = 'tracepoint:syscalls:sys_exit_read';

describe('the metrics of a script', () => {
  test('are named by probe and map, and typed by aggregation', () => {
    const { script } = compiled(
      `${at} { @bytes[comm] = sum(args.ret); @size = hist(args.ret); @ = count(); @last = args.ret; @m[pid] = max(args.ret); @mean = avg(args.ret); }`,
    );
    const metrics = script.maps
      .flatMap((map) => map.metrics)
      .map(({ name, type, map, combine, value }) => ({ name, type, map, combine, value }));
    expect(metrics).toEqual([
      { name: 'reads_bytes_total', type: 'counter', map: 'bytes' },
      { name: 'reads_size', type: 'histogram', map: 'size' },
      { name: 'reads_total', type: 'counter', map: 'script' },
      { name: 'reads_last', type: 'gauge', map: 'last' },
      { name: 'reads_m', type: 'gauge', map: 'm', combine: 'max', value: 'value' },
      { name: 'reads_mean_avg', type: 'gauge', map: 'mean', combine: { average: 'count' }, value: 'total' },
      { name: 'reads_mean_total', type: 'counter', map: 'mean', value: 'total' },
      { name: 'reads_mean_values_total', type: 'counter', map: 'mean', value: 'count' },
    ]);
  });

  test('have labels by the expressions of the key', () => {
    const { script } = compiled(
      `${at} { @[comm, args.ret, str(args.file), uid, username, cgroup, (2, pid), kstack(2)] = count(); }`,
    );
    expect(script.maps[0]!.labels).toEqual([
      { name: 'comm', settings: { field: 'comm' } },
      { name: 'ret', settings: { field: 'ret' } },
      { name: 'file', settings: { field: 'file' } },
      { name: 'uid', settings: { field: 'uid' } },
      { name: 'user', settings: { field: 'user', decode: 'user' } },
      { name: 'cgroup', settings: { field: 'cgroup', decode: 'cgroup' } },
      { name: 'key_0', settings: { field: 'key_0' } },
      { name: 'key_1', settings: { field: 'key_1' } },
      { name: 'stack', settings: { field: 'stack', decode: 'kstack' } },
    ]);
  });

  test('leave out what the script uses as its memory', () => {
    const { script } = compiled(
      `${at} { @start[tid] = nsecs; @who[tid] = comm; delete(@start[tid]); @n[@who[tid]] = count(); }`,
    );
    expect(script.maps.map(({ name, metrics }) => [name, metrics.length])).toEqual([
      ['start', 0],
      ['who', 0],
      ['n', 1],
    ]);
  });

  test('follow the names of Prometheus', () => {
    const { script } = compiled(
      `${at} { @x_count = args.ret; @total = count(); @bytes_total = sum(args.ret); @t_seconds = min(args.ret); }`,
    );
    expect(script.maps.flatMap(({ metrics }) => metrics.map(({ name }) => name))).toEqual([
      'reads_x_count_value',
      'reads_total',
      'reads_bytes_total',
      'reads_t_secs',
    ]);
  });
});

describe('the maps of a script', () => {
  test('have the companions of bpf/include/maps.h', () => {
    const { object } = compiled(`${at} { @n[comm] = count(); @s[tid] = nsecs; delete(@s, tid); }`);
    expect(object.maps.map(({ name, type, entries }) => [name, type, entries])).toEqual([
      ['n', 5, 4096],
      ['n_other', 6, 1],
      ['n_newcomers', 2, 257],
      ['s', 1, 4096],
      ['s_other', 6, 1],
      ['runs_of_tracepoint_syscalls_sys_exit_read', 6, 1],
    ]);
  });

  test('have a counter of runs for each program, unless a wildcard stands for very many', () => {
    const maps = (names: readonly string[]) => {
      const wide = { ...kernel, tracepointsOf: () => names, tracepointFormat: () => read };
      return compiled('tracepoint:syscalls:* { @ = count(); }', { kernel: wide }).object.maps.map(({ name }) => name);
    };
    const many = Array.from({ length: 33 }, (_, index) => `sys_${index}`);
    expect(maps(['sys_a', 'sys_b'])).toEqual([
      'script',
      'runs_of_tracepoint_syscalls_sys_a',
      'runs_of_tracepoint_syscalls_sys_b',
    ]);
    expect(maps(many)).toEqual(['script']);
  });

  test('take sizes and types from the script', () => {
    const { object } = compiled(
      `config = { max_map_keys = 100 } let @l = lruhash(7); ${at} { @l[tid] = nsecs; delete(@l, tid); @n[pid] = count(); }`,
    );
    expect(object.maps.filter(({ name }) => name === 'l' || name === 'n')).toMatchObject([
      { type: 9, entries: 7 },
      { type: 5, entries: 100 },
    ]);
  });

  test('hold the longest text of all uses', () => {
    const { object } = compiled(`${at} { @[comm] = count(); @["a text that is longer than a comm"] = count(); }`);
    expect(object.maps[0]!.key).toMatchObject({
      bytes: 40,
      fields: [{ name: 'comm', type: { kind: 'text', bytes: 40 } }],
    });
  });
});

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

test('programs of two kinds for one hook do not replace each other', () => {
  const { script } = compiled(`${at} { @a = count(); } rawtracepoint:sys_exit { @b = count(); }`);
  expect(script.programs).toEqual({
    alternatives: [['tracepoint_syscalls_sys_exit_read'], ['rawtracepoint_sys_exit']],
  });
});

describe('what has no meaning here', () => {
  test('is left out with a notice', () => {
    const { script } = compiled(`BEGIN { printf("hi"); } ${at} { @ = count(); print(@); clear(@); } END { clear(@); }`);
    expect(script.notices.map(({ line, column, text }) => `${line}:${column} ${text.split(':')[0]}`)).toEqual([
      expect.stringContaining('end is left out'),
      expect.stringContaining('1:9 printf() prints, and an exporter has no output'),
      '1:1 begin is left out',
      expect.stringContaining('print() is left out'),
      expect.stringContaining('clear() is left out'),
    ]);
  });

  test('becomes a counter if the probe file says so', () => {
    const labels = [{ name: 'file', argument: 2 }];
    const { script } = compiled(`${at} { printf("%d %s", pid, str(args.file)); }`, {
      events: new Map([[1, { map: 'seen', labels }]]),
    });
    expect(script.maps).toMatchObject([
      { name: 'seen', labels: [{ name: 'file' }], metrics: [{ name: 'reads_seen_total', type: 'counter' }] },
    ]);
  });
});

describe('faults', () => {
  test.each([
    ['@ = count(args.ret);', 'count() takes no argument'],
    ['@[args.rte] = count();', 'syscalls:sys_exit_read has no field "rte"'],
    ['@ = args.ret; @ = count();', '@ is a plain value elsewhere, and something else here'],
    ['@[1] = count(); @[1, 2] = count();', '@ has a key of 1 part elsewhere and 2 here'],
    ['@[pid] = count(); @[comm] = count();', 'Part 1 of the key of @ is uint32 elsewhere and string here'],
    ['@ = sum(comm);', 'The argument of sum() must be a number, not string'],
    ['@ = $x;', '$x has no value here'],
    ['@ = pdi;', 'Unknown name "pdi"'],
    ['@ = summ(1);', 'Unknown function "summ"'],
    ['system("rm");', 'system() is not supported'],
    ['@ = lhist(1, 0, 100000, 1);', 'lhist() makes 100000 intervals, more than 1000'],
    ['@ = hist(1); @x = @;', '@ is hist(), which is no number'],
    ['@ = 1; for ($kv : @) { }', 'A loop needs a map with keys'],
    ['@x[1] = count(); for ($kv : @y) { @x[2] = count(); }', 'Nothing is assigned to @y'],
    ['@x = len(1);', 'len() takes a map'],
    ['@ = kaddr("nope");', 'The kernel does not say where "nope" is'],
    ['@[pton("1.2.3")] = count();', 'pton() takes an address in quotes'],
    ['@ = find(@x, 1);', 'find() takes a map, a key and a variable'],
    ['@ = strlen(1);', 'int64 is no text'],
    ['@ = (1, 2)[2];', 'The tuple has no element "2"'],
    ['@ = usermode;', 'usermode needs the registers of x86-64'],
    ['@a = @b;', '@b is read, and nothing is assigned to it'],
    ['$x = 1; $x = "a"; @ = $x;', '$x is int64, and this is string'],
    ['@ = comm < "a";', 'Texts cannot be compared with <'],
    ['@ = retval;', 'tracepoint has no retval'],
    ['@ = (struct nope)1;', 'Type "struct nope" is not known'],
    ['break; @ = count();', 'break is outside of a loop'],
    ['$t = (1, 2); $p = &$t; @ = 1;', '(int64, int64) has no address'],
    ['unroll(1000) { @ = count(); }', 'unroll repeats 1 to 100 times'],
  ])('%s', (body, message) => {
    const faults = faultsOf(`${at} { ${body} }`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(message);
  });

  test.each([
    ['macro m(a) { a }', '@ = m();', 'Macro m takes 1 argument, not 0'],
    ['macro m(a, b) { a + b }', '@ = m(1);', 'Macro m takes 2 arguments, not 1'],
    ['macro m(a) { a }', '@ = m(typeof(uint64));', 'A type has no value'],
  ])('of macros: %s', (macro, body, message) => {
    expect(faultsOf(`${macro} ${at} { ${body} }`)).toEqual([expect.stringContaining(message)]);
  });

  test('have a place and a remedy', () => {
    expect(faultsOf(`${at} {\n  @[args.rte] = count();\n}`)).toEqual([
      '2:5 syscalls:sys_exit_read has no field "rte" · Did you mean "ret"? The fields are __syscall_nr, ret, comm, file.',
    ]);
  });

  test('are all reported, each once', () => {
    const faults = faultsOf(
      `tracepoint:syscalls:sys_exit_* { $x = args.nope; @a = $x; @b = pdi; if (args.rte) { @c = uidd; } }`,
    );
    expect(faults.map((text) => text.split(' · ')[0]!.replace(/^\S+ /, ''))).toEqual([
      'syscalls:sys_exit_read has no field "nope"',
      'Unknown name "pdi"',
      'syscalls:sys_exit_read has no field "rte"',
      'Unknown name "uidd"',
      'syscalls:sys_exit_write has no field "nope"',
      'syscalls:sys_exit_write has no field "rte"',
    ]);
  });

  test.each([
    [
      'tracepoint:syscalls:sys_exit_raed { @ = count(); }',
      'There is no tracepoint syscalls:sys_exit_raed on this kernel · Did you mean "sys_exit_read"?',
    ],
    ['tracepoint:syscall:sys_exit_read { @ = count(); }', 'Did you mean "syscalls"?'],
    ['tracepoint:net:* { @ = count(); }', 'No tracepoint matches net:*'],
    ['watchpoint:0x10:8:w { @ = count(); }', 'Probes of type "watchpoint" are not supported'],
    ['profile:hz:0 { @ = count(); }', 'profile needs a unit and a number above 0'],
    ['profile:hz:99999 { @ = count(); }', 'The timer is faster than 10000 times a second'],
    ['software:fautls { @ = count(); }', 'Unknown software event "fautls" · Did you mean "faults"?'],
    ['fentry:vfs_read { @ = count(); }', 'fentry needs a kernel with BTF, and this one has none'],
    [
      'config = { max_strlne = 5 } profile:hz:9 { @ = count(); }',
      'Unknown setting "max_strlne" · Did you mean "max_strlen"?',
    ],
    ['config = { max_probes = 1 } tracepoint:syscalls:* { @ = count(); }', 'stands for 2 probes, more than 1'],
    ['struct x { foo a; } profile:hz:9 { @ = count(); }', 'This definition is wrong: type "foo" is not known'],
    ['profile:hz:9 { printf("x"); }', 'The script counts nothing'],
  ])('%s', (text, message) => {
    expect(faultsOf(text)).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ['for ($kv : @x) { }', 'A loop over a map needs Linux 5.13, and this is 5.10'],
    ['@n = len(@x);', 'len() needs Linux 5.13'],
    ['@n = @x[1];', 'Reading count() in a script needs Linux 5.19, and this is 5.10'],
  ])('say what an older kernel lacks: %s', (statement, message) => {
    const old = { ...kernel, version: [5, 10] as const };
    expect(faultsOf(`${at} { @x[1] = count(); ${statement} }`, { kernel: old })).toEqual([
      expect.stringContaining(message),
    ]);
  });

  test.each([
    ['usdt:/usr/bin/own:stpe { @ = count(); }', '/usr/bin/own has no USDT probe stpe · Did you mean "step"?'],
    ['usdt:libown:st* { @ = count(); }', 'The USDT probes of libown cannot be listed'],
    [
      'config = { missing_probes = "maybe" } profile:hz:9 { @ = count(); }',
      'missing_probes must be error, warn or ignore',
    ],
  ])('%s', (text, message) => {
    expect(faultsOf(text)).toEqual([expect.stringContaining(message)]);
  });

  test('leave a probe out that this kernel lacks, if the script says so', () => {
    const text = (how: string) =>
      `config = { missing_probes = "${how}" } tracepoint:syscalls:gone, ${at} { @ = count(); }`;
    expect(faultsOf(text('error'))).toEqual([expect.stringContaining('There is no tracepoint syscalls:gone')]);
    const { script, object } = compiled(text('warn'));
    expect(script.notices).toEqual([
      { text: 'There is no tracepoint syscalls:gone on this kernel: the probe is left out', line: 1, column: 38 },
    ]);
    expect(object.functions.map(({ section }) => section)).toEqual(['tracepoint/syscalls/sys_exit_read']);
    expect(compiled(text('ignore')).script.notices).toEqual([]);
  });

  test('say that tracefs is not mounted', () => {
    const without = { ...kernel, tracepointCategories: () => undefined };
    expect(faultsOf(`${at} { @ = count(); }`, { kernel: without })).toEqual([
      expect.stringContaining('tracefs is not mounted'),
    ]);
  });
});
