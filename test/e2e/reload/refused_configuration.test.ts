import { describe, expect, it } from 'vitest';
import { needs } from '../../harness/requirements.js';
import { kernelObjectsOf } from '../kernel_objects.js';
import { exporterOf, faultyProbe, fixtureNeeds, mainFileOf, Scrape, tell, toldProbe } from '../probes.js';
import { until } from '../until.js';
import { files, kind, reload } from './reload.js';

describe('a reload', needs(fixtureNeeds), () => {
  const bad: Readonly<Record<string, [code: string, says: RegExp, files: () => Readonly<Record<string, string>>]>> = {
    'invalid YAML': ['CONFIG_SYNTAX', /santabpf\.yaml:1:/, () => ({ 'santabpf.yaml': 'probes: [told' })],
    'an unknown key': [
      'CONFIG_UNKNOWN_KEY',
      /santabpf\.yaml:1:1: .*"prboes"[\s\S]*Did you mean "probes"/,
      () => ({ 'santabpf.yaml': mainFileOf('told').replace('probes', 'prboes') }),
    ],
    'a missing probe file': [
      'CONFIG_PROBE_UNKNOWN',
      /"gone"/,
      () => ({ 'santabpf.yaml': mainFileOf('told', 'gone', 'execs') }),
    ],
    'a field that is not in the map': [
      'FIELD_UNKNOWN',
      /told\.yaml:\d+:\d+: .*has no field "valeu"; it has .*parity/,
      () => ({ 'told.yaml': toldProbe({ kind }).replace('field: value', 'field: valeu') }),
    ],
    'a program that the verifier rejects': [
      'PROGRAM_REJECTED',
      /"out_of_bounds"[\s\S]*invalid access to map value/,
      () => ({
        'santabpf.yaml': mainFileOf('told', 'other', 'execs', 'rejected'),
        'rejected.yaml': faultyProbe('rejected', 'out_of_bounds'),
      }),
    ],
    'a running probe whose new program has no hook': [
      'HOOK_MISSING',
      /at_no_hook/,
      () => ({ 'other.yaml': faultyProbe('other', 'at_no_hook') }),
    ],
  };

  it('of an invalid configuration changes nothing and reports the reason', async () => {
    const exporter = await exporterOf({ config: mainFileOf('told', 'other'), files: files() });
    tell(4, [1], { kind });
    const before = kernelObjectsOf(exporter.process.pid!);
    for (const [what, [code, says, changed]] of Object.entries(bad)) {
      exporter.write({ 'santabpf.yaml': mainFileOf('told', 'other'), ...files(), ...changed() });
      const seen = exporter.entries().length;
      const { status, text } = await reload(exporter);
      expect({ what, status }).toEqual({ what, status: 500 });
      expect(text).toMatch(says);
      expect(text).toContain(`[${code}]`);
      expect(text).not.toMatch(/^\s+at /m);
      expect(await exporter.logged(code, seen)).toMatchObject({
        level: 'error',
        msg: expect.stringContaining('The configuration was not reloaded, nothing has changed'),
      });
      const scrape = await Scrape.of(exporter);
      expect(scrape.value('config_last_reload_successful')).toBe(0);
      expect([...scrape.states()]).toEqual([
        ['told', 'up'],
        ['other', 'up'],
      ]);
      expect(scrape.value('told_total', { value: '1' })).toBe(4);
      await until('the rejected objects to be freed', () => {
        const { programs, maps, links } = kernelObjectsOf(exporter.process.pid!);
        return JSON.stringify({ programs, maps, links }) === JSON.stringify(before);
      });
    }
    // After a signal only the log shows the error.
    const seen = exporter.entries().length;
    exporter.write({ 'santabpf.yaml': 'probes: 5\nprobe_path: ["."]\n' });
    exporter.process.kill('SIGHUP');
    expect(await exporter.logged('was not reloaded', seen)).toMatchObject({ level: 'error', code: 'CONFIG_VALUE' });

    exporter.write({ 'santabpf.yaml': mainFileOf('told'), ...files() });
    expect((await reload(exporter)).status).toBe(200);
    const scrape = await Scrape.of(exporter);
    expect(scrape.value('config_last_reload_successful')).toBe(1);
    expect(scrape.value('told_total', { value: '1' })).toBe(4);
  });
});
