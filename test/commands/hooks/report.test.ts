import { expect, it } from 'vitest';
import { countReport, listReport } from '../../../src/commands/hooks/report.js';
import { paintFor } from '../../../src/commands/output/paint.js';

const plain = paintFor({});

it('lists are aligned, and say what is left out and why a list is empty', () => {
  const lists = [
    { kind: 'tracepoint', count: 0, hooks: [], lack: 'tracefs is not mounted' },
    {
      kind: 'fentry',
      count: 3,
      hooks: [
        { kind: 'fentry', name: 'fentry:a', arguments: ['int x', 'char *y'], result: 'void' },
        { kind: 'fentry', name: 'fentry:long', arguments: [] },
      ],
    },
    { kind: 'usdt', count: 0, hooks: [] },
  ] as const;
  expect(
    listReport(lists, 'santabpf hooks a', { paint: plain, width: Number.POSITIVE_INFINITY }),
  ).toBe(`Tracepoints, with their fields (args.NAME): 0
  none: tracefs is not mounted

Kernel functions, with their arguments (fentry; fexit has the result too): 3
  fentry:a     (int x, char *y) → void
  fentry:long
  and 1 more: narrow the pattern, or raise --most

USDT probes of the file: 0
  none

Next: santabpf hooks a
`);
});

it('counts have the most frequent hook first, and reasons once', () => {
  const refused = ['d', 'e', 'f', 'g'].map((name) => ({ name, reason: `It forbids program "${name}": EPERM` }));
  const counted = [
    { name: 'a', count: 2, perSecond: 1 },
    { name: 'b', count: 2000, perSecond: 1000.25 },
    { name: 'c', reason: 'There is no c' },
    ...refused,
  ];
  expect(countReport(counted, 2, 'tracepoint:syscalls:sys_enter_fsync', plain)).toBe(`Events per second, counted for 2 s
  1000.3  b  2000 events
     1.0  a  2 events

Not counted
  c:
    There is no c
  d, e, f and 1 more:
    It forbids the program: EPERM

Or without a file: santabpf --script 'tracepoint:syscalls:sys_enter_fsync { @[comm] = count(); }'
Next: santabpf new fsync --hook='tracepoint:syscalls:sys_enter_fsync'
`);
});
