import { describe, expect, it } from 'vitest';
import { needs } from '../harness/requirements.js';
import { exporterOf, fixtureNeeds, mainFileOf, Scrape, shownProbes, tell, toldMetrics, toldProbe } from './probes.js';

const kind = 11;

describe('what a user chooses of the probes', needs(fixtureNeeds), () => {
  it('flags switch probes on and off, and a query reads some of them', async () => {
    const exporter = await exporterOf({
      config: mainFileOf('told', 'syscalls'),
      files: { 'told.yaml': toldProbe({ kind }) },
      arguments: ['--no-probe.syscalls', '--probe.forks'],
    });
    expect(Object.keys(await shownProbes(exporter))).toEqual(['told', 'forks']);
    exporter.write({ 'santabpf.yaml': mainFileOf('syscalls', 'execs', 'told') });
    expect((await fetch(`${exporter.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    expect(Object.keys(await shownProbes(exporter))).toEqual(['execs', 'told', 'forks']);

    tell(2, [1, 2], { kind });
    const scrapeOf = async (query: string) => new Scrape(await exporter.get(`/metrics?${query}`));
    const chosen = await scrapeOf('collect[]=told');
    expect([...chosen.states()]).toEqual([['told', 'up']]);
    expect(chosen.sum('told_total')).toBe(4);
    expect(chosen.sum('forks_total')).toBe(0);
    const others = await scrapeOf('exclude[]=told&exclude[]=execs');
    expect([...others.states()]).toEqual([['forks', 'up']]);
    const refused = await fetch(`${exporter.url}/metrics?collect[]=tolled`);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('Did you mean "told"?');
  });

  it('dropped labels sum counters and histograms exactly', async () => {
    const names = ['whole', 'summed'];
    const metrics = (name: string) =>
      `${toldMetrics(name)}
  - name: ${name}_by_value
    type: histogram
    help: Sizes.
    map: sizes
    labels: { constant: { constant: c } }`;
    const exporter = await exporterOf({
      config: mainFileOf('whole', '{ probe: summed, labels: { drop: [value, constant, command] } }'),
      files: Object.fromEntries(
        names.map((name) => [`${name}.yaml`, toldProbe({ name, kind, metrics: metrics(name) })]),
      ),
    });
    tell(3, [1, 2, 3, 4, 5], { kind, command: 'one' });
    tell(1, [6], { kind, command: 'two' });
    const { samples } = await Scrape.of(exporter);
    const shown = (name: string) =>
      Object.fromEntries(
        samples
          .filter((sample) => sample.name.startsWith(`santabpf_${name}_`) && !sample.name.includes('_sizes'))
          .map(({ name: metric, labels, value }) => [
            `${metric.replace(`santabpf_${name}_`, '')} ${JSON.stringify(labels)}`,
            value,
          ]),
      );
    const summed = shown('summed');
    expect(summed).toMatchObject({
      'total {"parity":"odd"}': 9,
      'total {"parity":"even"}': 7,
      'commands_total {}': 16,
      'by_value_count {}': 16,
    });
    expect(Object.keys(shown('whole')).filter((key) => key.startsWith('commands_total'))).toHaveLength(2);
    expect(Object.keys(summed).filter((key) => key.startsWith('total '))).toHaveLength(2);
  });
});
