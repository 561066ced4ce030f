import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { renderText } from '../harness/collection.js';
import { parseExposition } from '../harness/exposition_parser.js';
import { referenceFamilies } from '../harness/reference_families.js';
import { needs } from '../harness/requirements.js';

/** Reads an exposition from standard input with Debian's python3-prometheus-client and prints its samples as JSON. */
const program = (module: string) => `
import json, sys
from prometheus_client.${module} import text_string_to_metric_families
samples = [[s.name, s.labels, repr(float(s.value))] for f in text_string_to_metric_families(sys.stdin.read()) for s in f.samples]
json.dump(samples, sys.stdout)
`;

const modules = { text: 'parser', openmetrics: 'openmetrics.parser' } as const;

describe(
  "Python's client",
  needs({ files: ['/usr/bin/python3', '/usr/lib/python3/dist-packages/prometheus_client'] }),
  () => {
    it.each(['text', 'openmetrics'] as const)('reads the same samples from %s as our parser', async (format) => {
      const input = await renderText(await referenceFamilies(), format);
      const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', program(modules[format])], {
        input,
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      const theirs = (JSON.parse(stdout) as [string, Record<string, string>, string][]).map(
        ([name, labels, value]) => ({
          name,
          labels,
          value: value === 'nan' ? Number.NaN : Number(value.replace('inf', 'Infinity')),
        }),
      );
      const ours = parseExposition(input, format)
        .flatMap((family) => family.samples)
        .map(({ name, labels, value }) => ({ name, labels, value }));
      expect(theirs).toEqual(ours);
    });
  },
);

describe('promtool', needs({ commands: ['promtool'] }), () => {
  it('accepts the text', async () => {
    const families = await referenceFamilies();
    const input = await renderText(families, 'text');
    const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });
});
