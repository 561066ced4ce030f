import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.js';
import { Faults, SantaError } from '../../src/errors/fault.js';
import { mainOfOne, objectFolder, probeOf, withFolder } from './configuration_folder.js';

// The child process needs JavaScript files. They are bundled here, because dist/ may be out of date.
const built = resolve('.cache', `config-test-${process.pid}`);
type Apart = typeof import('../../src/config/load_apart.js');
let apart: Apart;

beforeAll(async () => {
  await build({
    entryPoints: ['src/config/load_apart.ts', 'src/config/load_process.ts'],
    outdir: built,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  apart = (await import(pathToFileURL(join(built, 'load_apart.js')).href)) as Apart;
});

afterAll(() => rmSync(built, { recursive: true, force: true }));

test('the result equals that of loadConfiguration', async () => {
  const files = {
    'main.yaml': mainOfOne,
    'probes/p.yaml': `${probeOf({})}constants: { mask: 18446744073709551615 }\n`,
  };
  await withFolder(files, async (folder) => {
    const file = join(folder, 'main.yaml');
    const here = loadConfiguration(file, { objectFolder });
    const there = await apart.loadConfigurationApart(file, { objectFolder });
    const plain = (configuration: typeof here) => ({
      ...configuration,
      probes: configuration.probes.map(({ locate, ...probe }) => ({ ...probe, place: locate(['metrics', 0, 'map']) })),
    });
    expect(plain(there)).toStrictEqual(plain(here));
    expect(Object.isFrozen(there.probes[0]!.spec.metrics[0])).toBe(true);
    expect(Object.getPrototypeOf(there.probes[0]!.spec.metrics[0]!.labels)).toBeNull();
  });
});

test('faults arrive whole', async () => {
  const files = { 'main.yaml': mainOfOne, 'probes/p.yaml': probeOf({ name: 'things', limit: '0' }) };
  await withFolder(files, async (folder) => {
    const file = join(folder, 'main.yaml');
    const faultsOf = (error: unknown) => {
      // The bundled module has its own classes, of the same names.
      const { name, message, faults } = error as Faults;
      expect(name).toBe('Faults');
      return { message, faults: faults.map(({ code, remedy, location }) => ({ code, remedy, location })) };
    };
    const there = await apart.loadConfigurationApart(file, { objectFolder }).catch(faultsOf);
    let here: unknown;
    try {
      loadConfiguration(file, { objectFolder });
    } catch (error) {
      expect(error).toBeInstanceOf(Faults);
      expect((error as Faults).faults[0]).toBeInstanceOf(SantaError);
      here = faultsOf(error);
    }
    expect(there).toEqual(here);
    expect((there as { faults: unknown[] }).faults).toHaveLength(2);
  });
});

test('the serving process does not import the parsers', async () => {
  const { metafile } = await build({
    entryPoints: ['src/main.ts', 'src/service.ts'],
    outdir: built,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
    write: false,
  });
  const packages = new Set<string>();
  const visit = (output: string) => {
    for (const { path, kind, external } of metafile.outputs[output]!.imports) {
      // The web configuration is read by an import of its own, only if there is one.
      if (kind !== 'import-statement') continue;
      if (external) packages.add(path);
      else visit(path);
    }
  };
  for (const entry of ['main.js', 'service.js']) visit(join(relative('.', built), entry));
  expect(packages).toContain('fastify');
  expect([...packages].filter((name) => name === 'zod' || name === 'yaml')).toEqual([]);
});

test('a process that ends without an answer is an error, not a wait', async () => {
  const broken = `${built}-broken`;
  cpSync(built, broken, { recursive: true });
  writeFileSync(join(broken, 'load_process.js'), 'process.exit(3);\n');
  try {
    const { loadConfigurationApart } = (await import(pathToFileURL(join(broken, 'load_apart.js')).href)) as Apart;
    await expect(loadConfigurationApart('x', { objectFolder })).rejects.toThrow(/ended with 3 and no answer/);
  } finally {
    rmSync(broken, { recursive: true });
  }
});
