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
});
