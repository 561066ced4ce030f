import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.js';
import { Faults } from '../../src/errors/fault.js';
import { type Files, objectFolder, probeOf, withFolder } from './configuration_folder.js';

const probeFile = (name: string) => probeOf({ name: `${name}_total` }).replace('probe: p', `probe: ${name}`);
const files: Files = {
  'main.yaml': 'probes: [a, { probe: b, limit: 5 }]\n',
  ...Object.fromEntries(['a', 'b', 'c'].map((name) => [`probes/${name}.yaml`, probeFile(name)])),
};

function outcome(switches: Record<string, boolean>, changed: Files = {}): string {
  return withFolder({ ...files, ...changed }, (folder) => {
    const options = { objectFolder, switches: new Map(Object.entries(switches)) };
    try {
      const { probes } = loadConfiguration(join(folder, 'main.yaml'), options);
      return probes.map(({ spec }) => `${spec.probe} ${spec.metrics[0]!.limit}`).join(', ');
    } catch (error) {
      if (error instanceof Faults) return error.message.replaceAll(folder, '.');
      throw error;
    }
  });
}

describe('switches of probes', () => {
  test.each([
    [{}, 'a 10000, b 5'],
    [{ c: true }, 'a 10000, b 5, c 10000'],
    [{ b: true }, 'a 10000, b 5'],
    [{ a: false, c: true }, 'b 5, c 10000'],
    [{ c: false }, 'a 10000, b 5'],
    [{ d: true }, /^Unknown probe "d": there is no "\.\/probes\/d\.yaml" \[CONFIG_PROBE_UNKNOWN\]/],
    [{ d: false }, /^Unknown probe "d"/],
    [{ a: false, b: false }, /^--no-probe switches off every probe of "\.\/main\.yaml" \[ARGUMENT_INVALID\]/],
  ])('%j', (switches, expected) => {
    expect(outcome(switches as Record<string, boolean>)).toMatch(expected);
  });

  test('a probe that is off need not be valid', () => {
    const broken = { 'probes/a.yaml': 'probe: a\n' };
    expect(outcome({ a: false }, broken)).toBe('b 5');
    expect(outcome({}, broken)).toContain('CONFIG_MISSING_KEY');
  });

  test('a probe that is listed twice is refused all the same', () => {
    expect(outcome({ a: false }, { 'main.yaml': 'probes: [a, b, a]\n' })).toContain('CONFIG_PROBE_TWICE');
  });
});

describe('the examples in config/santabpf.yaml', () => {
  const text = readFileSync('config/santabpf.yaml', 'utf8');
  const examples = [...text.matchAll(/^ {2}# - .*$/gm)].map(([line]) => line);

  test('are there', () => expect(examples.length).toBeGreaterThan(1));

  test.each(examples)('%s', (line) => {
    const enabled = text.replace(line, line.replace('# ', ''));
    const main = enabled.replace('probe_path: [probes]', `probe_path: [${join(process.cwd(), 'config/probes')}]`);
    withFolder({ 'main.yaml': main }, (folder) => {
      const { probes } = loadConfiguration(join(folder, 'main.yaml'), { objectFolder });
      const plain = loadConfiguration('config/santabpf.yaml', { objectFolder });
      expect(probes).toHaveLength(plain.probes.length + 1);
    });
  });
});
