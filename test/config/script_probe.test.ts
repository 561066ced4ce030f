import { describe, expect, it } from 'vitest';
import type { CompileScript, WrittenScript } from '../../src/config/compiled_script.js';
import { expandScript, hasScript } from '../../src/config/script_probe.js';
import { parseTree } from '../../src/config/yaml_tree.js';
import { Faults, fault } from '../../src/errors/fault.js';

const compiled: ReturnType<CompileScript> = {
  object: Uint8Array.of(1, 2, 3),
  programs: { attach: { first: { event: 'cpu-clock' } } },
  mapSettings: undefined,
  maps: [
    {
      name: 'bytes',
      labels: [
        { name: 'comm', settings: { field: 'comm' } },
        { name: 'fd', settings: { field: 'fd' } },
      ],
      metrics: [
        {
          name: 'reads_bytes_total',
          type: 'counter',
          help: 'x',
          map: 'bytes',
          labels: { comm: { field: 'comm' }, fd: { field: 'fd' } },
        },
      ],
    },
    {
      name: 'size',
      labels: [],
      metrics: [
        { name: 'reads_size', type: 'histogram', help: 'x', map: 'size', value: 'slots', buckets: { bounds: [1, 3] } },
      ],
    },
  ],
  notices: [{ text: 'printf is left out', line: 4, column: 3 }],
};

function expand(text: string, compile: CompileScript = () => compiled) {
  const tree = parseTree('/reads.yaml', text);
  if (!hasScript(tree.value)) throw new Error('no script');
  return expandScript(tree.value, tree, compile);
}

describe('a probe file with a script', () => {
  it('gets the metrics that the compiler proposes', () => {
    const { value, object, notices, faults } = expand('probe: reads\nscript: x');
    expect(faults).toEqual([]);
    expect(object).toBe('AQID');
    expect(notices).toEqual(compiled.notices);
    expect(value).toMatchObject({
      programs: compiled.programs,
      metrics: compiled.maps.flatMap(({ metrics }) => metrics),
    });
  });

  it('names the parts of a key in their order, and keeps the shape of a histogram', () => {
    const metrics =
      '  - { name: read_bytes_total, type: counter, map: bytes, help: Read., labels: [command] }\n  - { name: read_size_bytes, type: histogram, map: size, unit: bytes, help: Sizes. }';
    expect(expand(`probe: reads\nscript: x\nmetrics:\n${metrics}`).value.metrics).toEqual([
      {
        name: 'read_bytes_total',
        type: 'counter',
        map: 'bytes',
        help: 'Read.',
        labels: { command: { field: 'comm' } },
      },
      {
        name: 'read_size_bytes',
        type: 'histogram',
        map: 'size',
        unit: 'bytes',
        help: 'Sizes.',
        value: 'slots',
        buckets: { bounds: [1, 3] },
      },
    ]);
  });

  it.each([
    ['probe: reads\nobject: x.bpf.o\nscript: x', '`object` and `script` cannot be combined', 2, 1],
    [
      'probe: reads\nscript: x\nmetrics:\n  - { name: a_total, type: counter, map: bytes, help: A., labels: [a, b, c] }',
      'metrics[0].labels names 3 labels, but the key of @bytes has 2 parts',
      4,
      67,
    ],
    [
      'probe: reads\nscript: x\nevents: { opens: { printf: 0 } }',
      'events.opens.printf must be the number of a printf in the script, from 1, not 0',
      3,
      28,
    ],
  ])('is refused: %s', (text, message, line, column) => {
    expect(expand(text).faults).toEqual([
      expect.objectContaining({ message, location: expect.objectContaining({ line, column }) }),
    ]);
  });

  it('hands over its events', () => {
    let received: WrittenScript | undefined;
    expand('probe: reads\nscript: x\nevents: { opens: { printf: 2, labels: { file: 1 } } }', (script) => {
      received = script;
      return compiled;
    });
    expect(received).toMatchObject({ probe: 'reads', events: { opens: { printf: 2, labels: { file: 1 } } } });
  });

  it.each([
    ['probe: x\nscript: |\n  first {\n    second }\n', 'second', 4, 5],
    ['probe: x\nscript: |\n\n    first {\n      second }\n', 'second', 5, 7],
    ['probe: x\nscript: first second\n', 'second', 2, 15],
    ["probe: x\nscript: 'first second'\n", 'second', 2, 16],
  ])('has the places of its file: %j', (text, word, line, column) => {
    const { faults } = expand(text, ({ text: script, file }) => {
      const offset = script.indexOf(word);
      const before = script.slice(0, offset).split('\n');
      throw new Faults([
        fault(
          'SCRIPT_SYNTAX',
          { problem: 'here' },
          { location: { file, line: before.length, column: before.at(-1)!.length + 1 } },
        ),
      ]);
    });
    expect(faults[0]!.location).toMatchObject({ file: '/reads.yaml', line, column });
  });
});
