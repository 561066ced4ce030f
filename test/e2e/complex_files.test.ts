import { expect, test } from 'vitest';
import { parseTree } from '../../src/config/yaml_tree.js';

const times = (text: string, count: number) => text.repeat(count);
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

// Nearly the limit of tokens, and nearly the limit of bytes.
test.each([90_000, 900_000])(
  '%i characters that say nothing of use take little time, whatever they repeat',
  (size) => {
    const pieces = [
      '"',
      "'",
      '&a ',
      '*a ',
      '[',
      ']',
      '{',
      '}',
      '{a: ',
      '- ',
      '? ',
      ': ',
      ', ',
      '!a ',
      '!',
      '|\n',
      '#\n',
      '\n',
    ];
    pieces.push(
      '\t\n',
      '""\n',
      '---\n',
      '...\n',
      '%YAML 1.2\n',
      'a: b: ',
      '"a" ',
      '- &a x\n- *a\n',
      '<<: *a\n',
      '@',
      '`',
      '\\',
      '-\n',
    );
    const files = pieces.map((piece) => times(piece, size / piece.length));
    files.push(
      lines(size / 8, (i) => `&a${i}`),
      lines(size / 12, (i) => `- &a${i} x`),
      lines(size / 10, (i) => `a${i}: 1`),
    );
    files.push(
      `- &a x\n${times('- *a\n', 24_000)}`,
      `"${times('\\n', size / 2)}"`,
      `a: >\n${times('\n', size)}`,
      `? ${times('k', size)}`,
    );
    for (const text of files) {
      const start = process.cpuUsage();
      const { faults } = parseTree('f.yaml', text);
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1e6, text.slice(0, 20)).toBeLessThan(5);
      for (const { location } of faults) expect(location!.excerpt?.length ?? 0).toBeLessThanOrEqual(10_000);
    }
  },
  120_000,
);
