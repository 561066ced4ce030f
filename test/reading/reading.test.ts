import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.js';
import { Faults, SantaError } from '../../src/errors/fault.js';
import { readWebConfiguration } from '../../src/http/web_configuration.js';
import { readingLimits } from '../../src/reading/task.js';
import { grammarsOfBundle } from '../../src/script/grammar_plugin.mjs';
import { mainOfOne, objectFolder, probeOf, withFolder } from '../config/configuration_folder.js';
import { eventually } from '../harness/waiting.js';

// The reading process needs JavaScript files. They are bundled here, because dist/ may be out of date.
const built = resolve('.cache', `reading-test-${process.pid}`);
type Reading = typeof import('../../src/reading/reading.js');
let reading: Reading;

/** Like src/build.mjs. */
const bundling = {
  outdir: built,
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  plugins: [grammarsOfBundle],
} satisfies BuildOptions;

beforeAll(async () => {
  await build({
    ...bundling,
    entryPoints: [
      { in: 'src/reading/reading.ts', out: 'reading' },
      // Not from a bundle with compiled code, which is what reader_process.ts runs in dist/.
      { in: 'src/reading/answer.ts', out: 'reader_process' },
    ],
  });
  reading = (await import(pathToFileURL(join(built, 'reading.js')).href)) as Reading;
});

afterAll(() => rmSync(built, { recursive: true, force: true }));

/** A copy of the bundle whose reading process runs this code instead. */
async function withProcess(code: string, use: (reading: Reading) => Promise<void>): Promise<void> {
  const other = `${built}-${Math.random()}`;
  cpSync(built, other, { recursive: true });
  writeFileSync(join(other, 'reader_process.js'), code);
  try {
    await use((await import(pathToFileURL(join(other, 'reading.js')).href)) as Reading);
  } finally {
    rmSync(other, { recursive: true });
  }
}

/** Binds itself to this process as the real one does, then runs this code. */
const bound = (code: string) => `
  import { createRequire } from 'node:module';
  createRequire(import.meta.url)(${JSON.stringify(resolve('build/Release/santabpf.node'))}).boundProcess(Number(process.argv[4]));
  ${code}`;

const limits = (changed: Partial<typeof readingLimits>) => ({ limits: { ...readingLimits, ...changed } });

describe('reading in a process of its own', () => {
  test('has the result of loadConfiguration', async () => {
    const files = {
      'main.yaml': mainOfOne,
      'probes/p.yaml': `${probeOf({})}constants: { mask: 18446744073709551615 }\n`,
    };
    await withFolder(files, async (folder) => {
      const file = join(folder, 'main.yaml');
      const here = loadConfiguration(file, { objectFolder });
      const there = await reading.readConfigurationApart(file, { objectFolder });
      const plain = (configuration: typeof here) => ({
        ...configuration,
        probes: configuration.probes.map(({ locate, ...probe }) => ({
          ...probe,
          place: locate(['metrics', 0, 'map']),
        })),
      });
      expect(plain(there)).toStrictEqual(plain(here));
      expect(Object.isFrozen(there.probes[0]!.spec.metrics[0])).toBe(true);
      expect(Object.getPrototypeOf(there.probes[0]!.spec.metrics[0]!.labels)).toBeNull();
    });
  });

  test('has the result of readWebConfiguration', async () => {
    const hash = '$2b$10$abcdefghijklmnopqrstuuJyz9Y4nrUCGr9tlFPvjWyPWXcyMoRWq';
    const text = `basic_auth_users: { alice: ${hash} }\nrate_limit: { interval: 1s, burst: 2 }\n`;
    await withFolder({ 'web.yaml': text }, async (folder) => {
      const file = join(folder, 'web.yaml');
      expect(await reading.readWebConfigurationApart(file)).toStrictEqual(readWebConfiguration(file));
    });
  });

  test('delivers faults whole', async () => {
    const files = { 'main.yaml': mainOfOne, 'probes/p.yaml': probeOf({ name: 'things', limit: '0' }) };
    await withFolder(files, async (folder) => {
      const file = join(folder, 'main.yaml');
      const there = await reading.readConfigurationApart(file, { objectFolder }).catch(faultsOf);
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
});

describe('a reading process', () => {
  test('that ends without an answer is an error with its last words, not a wait', async () => {
    await withProcess('process.stderr.write("no disk"); process.exitCode = 3;', async ({ readConfigurationApart }) => {
      await expect(readConfigurationApart('x', { objectFolder })).rejects.toThrow(/reads "x" ended with 3\.\nno disk$/);
    });
  });

  test.each([
    ['CPU time', { cpuSeconds: 1 }, 'for (;;);', '1 s of CPU time'],
    ['time', { seconds: 0.2 }, 'setInterval(() => {}, 1000);', '0.2 s'],
    ['memory', { megabytes: 30 }, 'for (const kept = [];;) kept.push([kept.length]);', '30 MB of memory'],
  ])('that reaches its limit of %s is killed', async (_, limit, code, words) => {
    await withProcess(bound(code), async ({ readWebConfigurationApart }) => {
      const { faults } = (await readWebConfigurationApart('w.yml', limits(limit)).catch(faultsOf)) as ReturnType<
        typeof faultsOf
      >;
      expect(faults.map(({ code }) => code)).toEqual(['CONFIG_TOO_COSTLY']);
      expect(faults[0]!.message).toBe(`Reading "w.yml" was stopped: it took more than ${words}`);
    });
  });

  test('is killed by the signal of its caller', async () => {
    await withProcess(bound('for (;;);'), async ({ readConfigurationApart }) => {
      const before = children();
      const ending = new AbortController();
      const result = readConfigurationApart('x', { objectFolder }, { signal: ending.signal });
      const [child] = children().filter((pid) => !before.includes(pid));
      ending.abort(new Error('the end'));
      await expect(result).rejects.toThrow('the end');
      await gone(child!);
      await expect(readConfigurationApart('x', { objectFolder }, { signal: ending.signal })).rejects.toThrow('the end');
    });
  });

  test('ends with its caller, however that ends', async () => {
    await withFolder({}, async (folder) => {
      cpSync(built, folder, { recursive: true });
      const code = `import { writeFileSync } from 'node:fs'; writeFileSync('${folder}/bound', String(process.pid)); for (;;);`;
      writeFileSync(join(folder, 'reader_process.js'), bound(code));
      const caller = `
        import { readWebConfigurationApart } from '${join(folder, 'reading.js')}';
        await readWebConfigurationApart('x');`;
      const process = spawn('node', ['--input-type=module', '--eval', caller], { stdio: 'ignore' });
      const pid = () => (existsSync(join(folder, 'bound')) ? Number(readFileSync(join(folder, 'bound'), 'utf8')) : 0);
      await eventually(() => pid() > 0);
      const child = pid();
      expect(isRunning(child)).toBe(true);
      process.kill('SIGKILL');
      await gone(child);
    });
  }, 20_000);

  test('does not import the parsers into the serving process', async () => {
    const { metafile } = await build({
      ...bundling,
      entryPoints: ['src/main.ts', 'src/service.ts'],
      metafile: true,
      write: false,
    });
    const packages = new Set<string>();
    const visit = (output: string) => {
      for (const { path, kind, external } of metafile.outputs[output]!.imports) {
        if (external) packages.add(path);
        else if (kind === 'import-statement') visit(path);
      }
    };
    for (const entry of ['main.js', 'service.js']) visit(join(relative('.', built), entry));
    expect(packages).toContain('fastify');
    expect([...packages].filter((name) => name === 'zod' || name === 'yaml')).toEqual([]);
  });
});

function faultsOf(error: unknown) {
  // The bundled module has its own classes, of the same names.
  const { name, message, faults } = error as Faults;
  expect(name, message).toBe('Faults');
  return {
    message,
    faults: faults.map(({ code, message, remedy, location }) => ({ code, message, remedy, location })),
  };
}

function children(): number[] {
  const lines = execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return lines.trim().split(/\s+/).map(Number);
}

async function gone(pid: number): Promise<void> {
  await eventually(() => !isRunning(pid));
}

/** A process that has ended is a zombie until its parent asks for its exit status. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
