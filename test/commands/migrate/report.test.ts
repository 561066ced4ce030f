import { expect, it } from 'vitest';
import type { WrittenFile } from '../../../src/commands/migrate/files.js';
import { migrationReport } from '../../../src/commands/migrate/report.js';
import { paintFor } from '../../../src/commands/output/paint.js';

const style = { paint: paintFor({}), width: 60 };

const file = (source: string, notes: string[], rest: Partial<WrittenFile> = {}): WrittenFile => ({
  source: `${source}.yaml`,
  file: `${source}.yaml`,
  metrics: [source],
  runs: true,
  lines: { before: 10, after: 4 },
  notes,
  ...rest,
});

it('notes fit the width, and each stands once with its files', () => {
  const note = 'a counter without _total is a gauge, because OpenMetrics allows no such counter';
  const files = [
    file('accept', [note]),
    file('bind', [note], { runs: false }),
    file('spans', [], { file: null, metrics: [] }),
  ];
  expect(
    migrationReport('out', files, 'santabpf --config.check', style),
  ).toBe(`Wrote 2 probes to out: 20 lines of YAML became 8

Probes
  accept.yaml  1 metric
  bind.yaml    1 metric  not in the main file

Not written
  spans.yaml
    - it has no metrics

What is different now, also at the top of each file
  - a counter without _total is a gauge, because OpenMetrics
    allows no such counter
      accept, bind

What is different in all of them
  A program that cannot be attached makes its probe
  unsupported. List those that a probe can do without under
  \`programs.optional\` of its file.

Next, as root: santabpf --config.check
`);
});

it('says nothing of programs where nothing was written', () => {
  const text = migrationReport('out', [file('a', [], { file: null })], 'x', style);
  expect(text).not.toContain('programs.optional');
});
