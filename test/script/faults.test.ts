import { describe, expect, test } from 'vitest';
import { at, compiled, faultsOf, kernel } from './compiled_script.js';

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
