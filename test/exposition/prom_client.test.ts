import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { registryFamilies } from '../../src/exposition/prom_client.js';
import { renderText } from '../harness/collection.js';
import { parseExposition } from '../harness/exposition_parser.js';

function registry(): Registry {
  const registers = [new Registry()];
  registers[0]!.setDefaultLabels({ node: 'n' });
  const counter = new Counter({ name: 'requests_total', help: 'Requests.', labelNames: ['code'], registers });
  counter.inc({ code: 200 }, 3);
  counter.inc({ code: 'a "b"\n' });
  new Counter({ name: 'oddly_named', help: 'A counter without its suffix.', registers }).inc(2);
  new Gauge({ name: 'temperature', help: 'A "gauge".', registers }).set(Number.POSITIVE_INFINITY);
  const histogram = new Histogram({ name: 'wait_seconds', help: 'Wait.', buckets: [1e-6, 1, 10], registers });
  histogram.observe(0.5);
  histogram.observe(20);
  new Summary({ name: 'size', help: 'Size.', percentiles: [0.5, 1], registers }).observe(4);
  new Gauge({ name: 'never', help: 'Has no samples.', labelNames: ['x'], registers });
  return registers[0]!;
}

describe('families of a prom-client registry', () => {
  it('are written like the families of maps', async () => {
    expect(
      await renderText(await registryFamilies(registry()), 'openmetrics'),
    ).toBe(String.raw`# HELP oddly_named A counter without its suffix.
# TYPE oddly_named counter
oddly_named_total{node="n"} 2
# HELP requests Requests.
# TYPE requests counter
requests_total{code="200",node="n"} 3
requests_total{code="a \"b\"\n",node="n"} 1
# HELP size Size.
# TYPE size summary
size{node="n",quantile="0.5"} 4
size{node="n",quantile="1.0"} 4
size_sum{node="n"} 4
size_count{node="n"} 1
# HELP temperature A \"gauge\".
# TYPE temperature gauge
temperature{node="n"} +Inf
# HELP wait_seconds Wait.
# TYPE wait_seconds histogram
wait_seconds_bucket{node="n",le="1e-06"} 0
wait_seconds_bucket{node="n",le="1.0"} 1
wait_seconds_bucket{node="n",le="10.0"} 1
wait_seconds_bucket{node="n",le="+Inf"} 2
wait_seconds_sum{node="n"} 20.5
wait_seconds_count{node="n"} 2
# EOF
`);
  });

  it('have the same samples in both formats', async () => {
    const families = await registryFamilies(registry());
    const samples = async (format: 'text' | 'openmetrics') =>
      parseExposition(await renderText(families, format), format).flatMap((family) => family.samples);
    expect(await samples('text')).toEqual(await samples('openmetrics'));
  });

  it('have the numbers of every series, of the metric types that have several', async () => {
    const registers = [new Registry()];
    const labelNames = ['x'];
    const histogram = new Histogram({ name: 'wait', help: 'Wait.', buckets: [1, 10], labelNames, registers });
    for (const [x, value] of [
      ['a', 0.5],
      ['a', 3],
      ['a', 4],
      ['b', 100],
    ] as const)
      histogram.observe({ x }, value);
    const summary = new Summary({ name: 'size', help: 'Size.', percentiles: [0.01, 0.99], labelNames, registers });
    for (const [x, value] of [
      ['a', 1],
      ['a', 9],
      ['b', 20],
    ] as const)
      summary.observe({ x }, value);
    expect((await renderText(await registryFamilies(registers[0]!), 'text')).split('\n')).toEqual([
      '# HELP size Size.',
      '# TYPE size summary',
      'size{x="a",quantile="0.01"} 1',
      'size{x="a",quantile="0.99"} 9',
      'size_sum{x="a"} 10',
      'size_count{x="a"} 2',
      'size{x="b",quantile="0.01"} 20',
      'size{x="b",quantile="0.99"} 20',
      'size_sum{x="b"} 20',
      'size_count{x="b"} 1',
      '# HELP wait Wait.',
      '# TYPE wait histogram',
      'wait_bucket{x="a",le="1.0"} 1',
      'wait_bucket{x="a",le="10.0"} 3',
      'wait_bucket{x="a",le="+Inf"} 3',
      'wait_sum{x="a"} 7.5',
      'wait_count{x="a"} 3',
      'wait_bucket{x="b",le="1.0"} 0',
      'wait_bucket{x="b",le="10.0"} 0',
      'wait_bucket{x="b",le="+Inf"} 1',
      'wait_sum{x="b"} 100',
      'wait_count{x="b"} 1',
      '',
    ]);
  });

  it('are empty before the first observation', async () => {
    const registers = [new Registry()];
    const labelNames = ['x'];
    new Histogram({ name: 'wait', help: 'Wait.', labelNames, registers });
    new Summary({ name: 'size', help: 'Size.', labelNames, registers });
    new Counter({ name: 'done_total', help: 'Done.', labelNames, registers });
    const families = await registryFamilies(registers[0]!);
    expect(families.map(({ name, type, isEmpty }) => [name, type, isEmpty])).toEqual([
      ['wait', 'histogram', true],
      ['size', 'summary', true],
      ['done_total', 'counter', true],
    ]);
    expect(await renderText(families, 'openmetrics')).toBe('# EOF\n');
  });

  it('write a label without a value as an empty one', async () => {
    const registers = [new Registry()];
    const gauge = new Gauge({ name: 'g', help: 'G.', labelNames: ['x'], registers });
    gauge.set({ x: undefined as unknown as string }, 1);
    expect(await renderText(await registryFamilies(registers[0]!), 'text')).toContain('\ng{x=""} 1\n');
  });

  it('keep `_total` of a counter where it is not a suffix', async () => {
    const registers = [new Registry()];
    new Counter({ name: 'sub_total_bytes', help: 'C.', registers }).inc(2);
    expect(await renderText(await registryFamilies(registers[0]!), 'text')).toContain('\nsub_total_bytes_total 2\n');
  });
});
