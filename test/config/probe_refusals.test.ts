import { probeOf } from './configuration_folder.js';
import { probe, testRefusals } from './refusal_cases.js';

testRefusals({
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
    'processes without a name': probe(`${probeOf({})}programs: { attach: { a: { binary: /bin/a, in: {} } } }\n`),
    'processes by name and id': probe(
      `${probeOf({})}programs: { attach: { a: { library: libc, in: { command: a, pid: 1 } } } }\n`,
    ),
    'processes as a text': probe(`${probeOf({})}programs: { attach: { a: { library: libc, in: nginx } } }\n`),
    'long command name': probe(
      `${probeOf({})}programs: { attach: { a: { library: libc, in: { command: systemd-networkd } } } }\n`,
    ),
    'processes and a process': probe(
      `${probeOf({})}programs: { attach: { a: { library: libc, pid: 1, in: { command: a } } } }\n`,
    ),
    'processes of an interface': probe(
      `${probeOf({})}programs: { attach: { a: { interfaces: [lo], in: { command: a } } } }\n`,
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
  'types of maps': {
    'a pointer': probe(`${probeOf({})}maps: { m: { key: "struct key *" } }\n`),
    'no size': probe(`${probeOf({})}maps: { m: { value_size: 0 } }\n`),
    'a relative pin': probe(`${probeOf({})}maps: { m: { pin: kept } }\n`),
    'no entries': probe(`${probeOf({})}maps: { m: { fill: [] } }\n`),
    'one key as entries': probe(`${probeOf({})}maps: { m: { fill: 5 } }\n`),
    'an entry that is a list': probe(`${probeOf({})}maps: { m: { fill: [[5]] } }\n`),
  },
});
