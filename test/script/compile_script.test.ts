import { describe, expect, test } from 'vitest';
import { at, compiled, format, kernel } from './compiled_script.js';

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
      const wide = { ...kernel, tracepointsOf: () => names, tracepointFormat: () => format };
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
