import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.js';
import { type Files, mainOfOne, objectFolder, probeOf, refusal, withFolder } from './configuration_folder.js';

// The output of each case is in __snapshots__: read it aloud after `vitest -u`.

const main = (text: string): Files => ({ 'main.yaml': text, 'probes/p.yaml': probeOf({}) });
const probe = (text: string): Files => ({ 'main.yaml': mainOfOne, 'probes/p.yaml': text });
const metric = (lines: Record<string, string | undefined>): Files => probe(probeOf(lines));
const label = (text: string): Files => metric({ labels: `{ l: ${text} }` });
const histogram = (lines: Record<string, string | undefined>): Files =>
  metric({ name: 'wait_seconds', type: 'histogram', unit: 'ns', ...lines });

const tables: Record<string, Record<string, Files>> = {
  'dropped labels': {
    'unknown label': {
      ...metric({ labels: '{ command: {}, user: {} }' }),
      'main.yaml': 'probes:\n  - { probe: p, labels: { drop: [user, comand] } }\n',
    },
    'le of a histogram': {
      ...histogram({ labels: '{ device: {} }' }),
      'main.yaml': 'probes: [{ probe: p, labels: { drop: [le] } }]\n',
    },
    'no list': { ...metric({}), 'main.yaml': 'probes: [{ probe: p, labels: { drop: command } }]\n' },
  },
  identity: {
    'unknown label, near': main('probes: [p]\nidentity: [comand]\n'),
    'unknown label, far': main('probes: [p]\nidentity: [process]\n'),
    'no label': main('probes: [p]\nidentity: []\n'),
    'no list': main('probes: [p]\nidentity: command\n'),
    'label twice': main('probes: [p]\nidentity: [unit, command, unit]\n'),
    'of a probe': main('probes: [{ probe: p, identity: [units] }]\n'),
    'of a metric, empty': metric({ identity: '{}' }),
    'of a metric, unknown key': metric({ identity: '{ comm: name }' }),
    'of a metric, a list': metric({ identity: '[command]' }),
    'label with another than the command': label('{ only_with: unit }'),
  },
  budgets: {
    'unknown word': main('probes: [p]\nbudget: nothing\n'),
    'number alone': main('probes: [p]\nbudget: 3\n'),
    'no value': main('probes: [p]\nbudget:\n'),
    'percent is text': main('probes: [p]\nbudget: { percent_of_one_cpu: 3% }\n'),
    'percent is 0': main('probes: [p]\nbudget: { percent_of_one_cpu: 0 }\n'),
    'unknown action': main('probes: [p]\nbudget: { percent_of_one_cpu: 3, action: suspended }\n'),
    'unknown key': main('probes: [p]\nbudget: { percent: 3 }\n'),
    'of a probe, without percent': main('probes: [{ probe: p, budget: { action: suspend } }]\n'),
    'in a probe file': probe(`${probeOf({})}budget: { percent_of_one_cpu: -1 }\n`),
  },
  files: {
    'no main file': {},
    'empty main file': main(''),
    'only comments': main('# probes: [p]\n'),
    'not UTF-8': { 'main.yaml': Uint8Array.from([0x70, 0xff, 0xfe]) },
    'too large': { 'main.yaml': `# ${'x'.repeat(1 << 20)}` },
    'list at the top': main('- p\n'),
    'text at the top': main('p\n'),
    'empty probe file': probe(''),
    'probe name is not the file name': probe(probeOf({}).replace('probe: p', 'probe: q')),
    'probe_path is missing': main('probes: [p]\nprobe_path: [prbes]\n'),
    'default probe_path is missing': { 'main.yaml': mainOfOne },
    'probe_path is a file': { ...main('probes: [p]\nprobe_path: [main.yaml]\n') },
  },
  syntax: {
    tab: main('probes:\n\t- p\n'),
    'unclosed list': main('probes: [p\nseries_limit: 1\n'),
    'unclosed quote': main('probes: ["p]\n'),
    'second colon': probe(probeOf({ help: 'Things: all of them.' })),
    'bracket without quotes': label('{ field: a[0] }'),
    'bad indentation': probe('probe: p\n  summary: x\n'),
    'missing colon': main('probes\n  - p\n'),
    'unknown alias': main('probes: *all\n'),
    'unknown tag': main('probes: !include p\n'),
    'two documents': main('probes: [p]\n---\nprobes: [p]\n'),
    'duplicate key': main('probes: [p]\nseries_limit: 1\nseries_limit: 2\n'),
    'duplicate key, once in quotes': label('{ decode: { map: { 1: a, "1": b } } }'),
    'key without a name': main('probes: [p]\n~: 1\n'),
    'key is a list': main('probes: [p]\n? [a]\n: 1\n'),
    prototype: main('probes: [p]\n__proto__: { polluted: true }\nconstructor: 1\n'),
    'prototype in a mapping of names': probe(`${probeOf({})}constants: { __proto__: 1 }\n`),
    'merge of a list of numbers': main('probes: [p]\n<<: 5\n'),
    'aliases that multiply': main(
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefg'[i]}`)}]`).join('\n')}\nprobes: [p]\n`,
    ),
    'alias of itself': main('probes: &a [*a]\n'),
    'deep nesting': main(`probes: ${'['.repeat(100)}${']'.repeat(100)}\n`),
  },
  main: {
    'unknown key, near': main('probes: [p]\nserieslimit: 5\n'),
    'unknown key, far': main('probes: [p]\nport: 9100\n'),
    'no probes': main('series_limit: 5\n'),
    'probes without a value': main('probes:\n  # - p\nseries_limit: 5\n'),
    'no probe in the list': main('probes: []\n'),
    'probe is a number': main('probes: [5]\n'),
    'probe is a path': main('probes: [../p]\n'),
    'unknown probe, near': { ...main('probes: [biolatnecy]\n'), 'probes/biolatency.yaml': '' },
    'unknown probe, far': main('probes: [tcp]\n'),
    'unknown probe, two folders': { ...main('probes: [tcp]\nprobe_path: [probes, more]\n'), 'more/x.yaml': '' },
    'unknown probe, no probes at all': { 'main.yaml': mainOfOne, 'probes/readme': '' },
    'probe twice': main('probes:\n  - p\n  - { probe: p, limit: 5 }\n'),
    'unknown key of a probe': main('probes: [{ probe: p, limits: 5 }]\n'),
    'probe without a name': main('probes: [{ limit: 5 }]\n'),
    'limit of 0': main('probes: [{ probe: p, limit: 0 }]\n'),
    'map size too large': main('probes: [{ probe: p, maps: { m: { max_entries: 5000000000 } } }]\n'),
    'map size is a number': main('probes: [{ probe: p, maps: { m: 4096 } }]\n'),
    'constant is a list': main('probes: [{ probe: p, constants: { min_ns: [1] } }]\n'),
    'constant is a fraction': main('probes: [{ probe: p, constants: { min_ns: 1.5 } }]\n'),
    'constant beyond 64 bits': main('probes: [{ probe: p, constants: { min_ns: 18446744073709551616 } }]\n'),
    'constant with a bad name': main('probes: [{ probe: p, constants: { min-ns: 1 } }]\n'),
    'prefix with a dash': main('probes: [p]\nmetric_prefix: my-\n'),
    'series limit in words': main('probes: [p]\nseries_limit: many\n'),
    'series limit with a fraction': main('probes: [p]\nseries_limit: 1.5\n'),
    'deadline that is too short': main('probes: [p]\nprobe_deadline: 5ms\n'),
    'deadline that is too long': main('probes: [p]\nprobe_deadline: 61s\n'),
    'deadline without a unit': main('probes: [p]\nprobe_deadline: 1\n'),
    'series limit not a number': main('probes: [p]\nseries_limit: .inf\n'),
    'probe_path is text': main('probes: [p]\nprobe_path: probes\n'),
  },
  probe: {
    'unknown key, near': probe(`${probeOf({})}metrcs: []\n`),
    'nothing but a name': probe('probe: p\n'),
    'summary is a number': probe(probeOf({}).replace('A probe.', '5')),
    'metrics is a mapping': probe('probe: p\nsummary: x\nmetrics: { name: x }\n'),
    'no metrics': probe('probe: p\nsummary: x\nmetrics: []\n'),
    'metric is text': probe('probe: p\nsummary: x\nmetrics: [calls]\n'),
    'programs is a list': probe(`${probeOf({})}programs: [a]\n`),
    'alternatives is a list of names': probe(`${probeOf({})}programs: { alternatives: [a, b] }\n`),
    'program in two alternatives': probe(`${probeOf({})}programs: { alternatives: [[a, b], [b]] }\n`),
    'perf event unknown': probe(
      `${probeOf({})}programs: { perf_events: [{ program: a, event: cpu-clok, frequency: 99 }] }\n`,
    ),
    'perf event without frequency': probe(
      `${probeOf({})}programs: { perf_events: [{ program: a, event: cpu-clock }] }\n`,
    ),
    'frequency too high': probe(
      `${probeOf({})}programs: { perf_events: [{ program: a, event: cpu-clock, frequency: 1000000 }] }\n`,
    ),
    'hook that is a name': probe(`${probeOf({})}programs: { attach: { a: readline } }\n`),
    'hook with an unknown setting': probe(`${probeOf({})}programs: { attach: { a: { binry: /bin/bash } } }\n`),
    'binary without its folder': probe(
      `${probeOf({})}programs: { attach: { a: { binary: bash, symbol: readline } } }\n`,
    ),
    'hook of two families': probe(
      `${probeOf({})}programs: { attach: { a: { binary: /bin/bash, function: vfs_read } } }\n`,
    ),
    'skipped program with a hook': probe(
      `${probeOf({})}programs: { attach: { a: { skip: true, function: vfs_read } } }\n`,
    ),
    'program that is not skipped': probe(`${probeOf({})}programs: { attach: { a: { skip: false } } }\n`),
    'function and pattern': probe(
      `${probeOf({})}programs: { attach: { a: { function: vfs_read, functions: vfs_* } } }\n`,
    ),
    'USDT provider without probe': probe(
      `${probeOf({})}programs: { attach: { a: { binary: /bin/a, provider: b } } }\n`,
    ),
    'event of a hook without frequency': probe(`${probeOf({})}programs: { attach: { a: { event: cpu-clock } } }\n`),
    'event of a hook unknown': probe(
      `${probeOf({})}programs: { attach: { a: { event: llc-load-mises, period: 9 } } }\n`,
    ),
    'kind of program unknown': probe(
      `${probeOf({})}programs: { attach: { a: { type: uprob, binary: /bin/a, symbol: b } } }\n`,
    ),
    'no interfaces': probe(`${probeOf({})}programs: { attach: { a: { interfaces: [] } } }\n`),
    'alternative that is skipped': probe(
      `${probeOf({})}programs: { alternatives: [[b, a]], attach: { a: { skip: true } } }\n`,
    ),
    'event of a program given twice': probe(
      `${probeOf({})}programs: { perf_events: [{ program: a, event: cpu-clock, frequency: 9 }], attach: { a: { event: cpu-clock, period: 9 } } }\n`,
    ),
    'iterator without program': probe(`${probeOf({})}programs: { iterators: [{ fills: [m] }] }\n`),
    'twin that is a list': probe(`${probeOf({})}programs: { nested: { a: [b] } }\n`),
    'twins that are a list': probe(`${probeOf({})}programs: { nested: [a] }\n`),
    'iterator that fills nothing': probe(`${probeOf({})}programs: { iterators: [{ program: a, fills: [] }] }\n`),
    'iterator in the background that fills a map': probe(
      `${probeOf({})}programs: { iterators: [{ program: a, background: true, fills: [m] }] }\n`,
    ),
    'iterator named twice': probe(`${probeOf({})}programs: { iterators: [{ program: a }, { program: a }] }\n`),
    'counter of a map that is filled anew': probe(
      `${probeOf({})}programs: { iterators: [{ program: a, fills: [m] }] }\n`,
    ),
    'map with a bad name': probe(`${probeOf({})}maps: { 1m: { max_entries: 1 } }\n`),
  },
  metric: {
    'unknown key': metric({ lables: '{}' }),
    'nothing given': probe('probe: p\nsummary: x\nmetrics: [{}]\n'),
    'name with a dash': metric({ name: 'my-things_total' }),
    'name with a colon': metric({ name: 'job:things_total' }),
    'counter without _total': metric({ name: 'things' }),
    'counter with _count': metric({ name: 'things_count' }),
    'gauge with _total': metric({ type: 'gauge' }),
    'gauge with _count': metric({ type: 'gauge', name: 'things_count' }),
    'unknown type': metric({ type: 'summary' }),
    'type slip': metric({ type: 'conter' }),
    'empty help': metric({ help: '""' }),
    'map with a space': metric({ map: 'my map' }),
    'value is not a path': metric({ value: 'a->b' }),
    'unknown unit': metric({ unit: 'nsec' }),
    'unit of zero': metric({ unit: '0' }),
    'unit is negative': metric({ unit: '-1ms' }),
    'unit with an unknown suffix': metric({ unit: '10sec' }),
    'unit is a list': metric({ unit: '[ns]' }),
    'unit without its name': metric({ unit: 'ns' }),
    'bytes without its name': metric({ unit: 'kib' }),
    'seconds without a unit': metric({ name: 'busy_seconds_total' }),
    'limit is negative': metric({ limit: '-5' }),
    'limit is text': metric({ limit: '"10"' }),
    'expire without a unit': metric({ expire: '10' }),
    'expire too short': metric({ expire: '500ms' }),
    'expire in the wrong order': metric({ expire: '30m1h' }),
    'labels without a value': metric({ labels: '' }),
    'label with a dash': metric({ labels: '{ my-label: { field: a } }' }),
    'label reserved': metric({ labels: '{ __name__: { field: a } }' }),
    'label le': histogram({ labels: '{ le: { field: a } }' }),
    'several things at once': metric({
      name: 'things',
      type: 'counter',
      unit: 'n',
      limit: '0',
      lables: '{}',
      map: undefined,
    }),
  },
  names: {
    'twice in a probe': probe(`${probeOf({})}  - { name: things_total, type: counter, help: Again., map: n }\n`),
    'gauge like a counter': probe(`${probeOf({})}  - { name: things, type: gauge, help: Again., map: n }\n`),
    'twice in two probes': {
      ...probe(probeOf({})),
      'main.yaml': 'probes: [p, q]\n',
      'probes/q.yaml': probeOf({}).replace('probe: p', 'probe: q'),
    },
    "the exporter's own": metric({ name: 'build_info', type: 'gauge' }),
    'family of the exporter': metric({ name: 'lost_updates', type: 'gauge' }),
    'of the process': { ...metric({ name: 'process_cpu_total' }), 'main.yaml': 'probes: [p]\nmetric_prefix: ""\n' },
    "Prometheus's own": { ...metric({ name: 'up', type: 'gauge' }), 'main.yaml': 'probes: [p]\nmetric_prefix: ""\n' },
  },
  buckets: {
    'on a counter': metric({ buckets: '{ min: 1, max: 2 }' }),
    'min above max': histogram({ buckets: '{ min: 1s, max: 1ms }' }),
    'min of zero': histogram({ buckets: '{ min: 0 }' }),
    'max negative': histogram({ buckets: '{ max: -1s }' }),
    'size on a time': histogram({ buckets: '{ min: 1KiB }' }),
    'time without a unit': metric({ name: 'sizes', type: 'histogram', buckets: '{ min: 1us }' }),
    'unknown suffix': histogram({ buckets: '{ min: 1sec }' }),
    'in words': histogram({ buckets: '{ min: [1us] }' }),
    'is a list': histogram({ buckets: '[0.1, 0.5]' }),
    'linear without step': histogram({ buckets: '{ linear: { start: 0 } }' }),
    'linear with step 0': histogram({ buckets: '{ linear: { start: 0, step: 0 } }' }),
    'linear with min': histogram({ buckets: '{ min: 1s, linear: { start: 0, step: 1 } }' }),
    'count without key': histogram({ buckets: '{ count: n }' }),
    'edges in other words': histogram({ buckets: '{ edges: down }' }),
    'zero is a number': histogram({ buckets: '{ edges: floor, zero: 0 }' }),
    'zero with linear': histogram({ buckets: '{ zero: true, linear: { start: 0, step: 1 } }' }),
    'last is negative': histogram({ buckets: '{ edges: floor, last: -1 }' }),
    'last is too high': histogram({ buckets: '{ key: slot, edges: floor, last: 4096 }' }),
    'sum after an unknown slot': histogram({ buckets: '{ key: slot, edges: floor, sum: after_last }' }),
    'linear without an end': histogram({ buckets: '{ key: slot, linear: { start: 0, step: 1 } }' }),
    'linear with too many steps': histogram({ buckets: '{ linear: { start: 0, step: 1us }, max: 1s }' }),
    'bounds is empty': histogram({ buckets: '{ bounds: [] }' }),
    'bounds is one': histogram({ buckets: '{ bounds: 1ms }' }),
    'bounds descend': histogram({ buckets: '{ bounds: [1ms, 10ms, 5ms] }' }),
    'bounds in another unit': histogram({ buckets: '{ bounds: [1ms, 1KiB] }' }),
    'bounds with other shapes': histogram({ buckets: '{ bounds: [1ms], edges: floor, max: 1s }' }),
    'bounds above the last slot': histogram({ buckets: '{ bounds: [1ms, 2ms, 3ms], last: 1 }' }),
  },
  labels: {
    'is text': label('dev'),
    'unknown key': label('{ fields: dev }'),
    'constant and field': label('{ constant: a, field: b }'),
    'constant is a number': label('{ constant: 5 }'),
    'constant with a control character': label('{ constant: "a\\nb" }'),
    'constant with half a character': label('{ constant: "a\\ud83c" }'),
    'field is a number': label('{ field: 0 }'),
    'from elsewhere': label('{ from: map }'),
    'decoder slip': label('{ decode: sycall }'),
    'unknown decoder': label('{ decode: json }'),
    'unknown decoder in a list': label('{ decode: [string, json] }'),
    'no decoder in the list': label('{ decode: [] }'),
    'decoder is a number': label('{ decode: 5 }'),
    'unknown decoder as a mapping': label('{ decode: { regexp: { keep: a } } }'),
    'enum without its name': label('{ decode: { kernel_enum: { strip: A_ } } }'),
    'enum with a name that none has': label('{ decode: { kernel_enum: { name: "enum a" } } }'),
    'map and kernel enum': label('{ decode: { map: { 1: a }, kernel_enum: { name: a } } }'),
    'map and regex': label('{ decode: { map: { 1: a }, regex: { keep: a } } }'),
    'map empty': label('{ decode: { map: {} } }'),
    'map to a number': label('{ decode: { map: { 0: 1 } } }'),
    'map to a control character': label('{ decode: { map: { 0: "\\e[31m" } } }'),
    'map of a control character': label('{ decode: [string, { map: { "a\\nb": ab } }] }'),
    'default that is invisible': label('{ decode: { map: { 0: a }, default: "\\u200b" } }'),
    'default alone': label('{ decode: { default: other } }'),
    'default of a regex': label('{ decode: { regex: { keep: a }, default: other } }'),
    'regex is text': label('{ decode: { regex: "^a" } }'),
    'regex with two actions': label('{ decode: { regex: { keep: a, drop: b } } }'),
    'regex without an action': label('{ decode: { regex: {} } }'),
    'regex malformed': label('{ decode: { regex: { keep: "a(b" } } }'),
    'regex that backtracks': label('{ decode: { regex: { keep: "(a)\\\\1" } } }'),
    'replace without capture': label('{ decode: { regex: { keep: a, replace: b } } }'),
    'capture without a group': label('{ decode: { regex: { capture: "^a+" } } }'),
    'replace that changes the direction': label('{ decode: { regex: { capture: "^(a)", replace: "\\u202e$1" } } }'),
    'replace with too many groups': label('{ decode: { regex: { capture: "^(a)", replace: "$1-$2" } } }'),
  },
};

for (const [table, cases] of Object.entries(tables)) {
  describe(table, () => {
    test.each(Object.entries(cases))('%s', (_, files) => {
      const text = refusal(files);
      expect(text).not.toBe('accepted');
      expect(`\n${text}\n`).toMatchSnapshot();
    });
  });
}

test('all faults of the main file and every probe file are reported at once, in the order of the files', () => {
  const text = refusal({
    'main.yaml': 'probes: [q, p, nosuch, 5]\nseries_limit: 0\nlimit: 5\n',
    'probes/p.yaml': probeOf({ name: 'things', expire: 'soon' }),
    'probes/q.yaml': 'probe: q\nsummary: x\nmetrics:\n  - name: a b\n\tc\n',
  });
  expect(`\n${text}\n`).toMatchSnapshot();
});

test('a folder or a device instead of a file is refused at once', () => {
  withFolder({}, (folder) => {
    mkdirSync(join(folder, 'main.yaml'));
    symlinkSync('/dev/zero', join(folder, 'device.yaml'));
    const of = (name: string) => () => loadConfiguration(join(folder, name), { objectFolder });
    expect(of('main.yaml')).toThrow(/main\.yaml": it is a folder \[CONFIG_UNREADABLE\]/);
    expect(of('device.yaml')).toThrow(/: it is a device or a pipe, not a regular file/);
  });
});

test('nesting that the parser cannot follow is a fault, not a stack overflow', () => {
  expect(refusal(main(`probes: ${'['.repeat(100_000)}`))).toMatch(/CONFIG_(TOO_COMPLEX|SYNTAX)/);
});
