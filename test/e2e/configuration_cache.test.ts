import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchExporter } from '../harness/exporter.js';
import { repository } from '../harness/reachable_copy.js';
import { needs } from '../harness/requirements.js';

describe('the configuration of an earlier start', needs({ root: true, bpf: true }), () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'santabpf-cache-'));
    writeFileSync(
      join(folder, 'no_reading.cjs'),
      "require('node:child_process').fork = () => { throw new Error('a process was started'); };",
    );
    cpSync(join(repository, 'config'), join(folder, 'config'), { recursive: true });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts, and ends when all probes are up. @returns what was wrong, if anything */
  async function start(config: string, { mayRead = true, cache = join(folder, 'cache') } = {}): Promise<string> {
    const exporter = launchExporter({
      nodeFlags: mayRead ? [] : ['--require', join(folder, 'no_reading.cjs')],
      arguments: [`--config.file=${config}`, `--config.cache-folder=${cache}`],
    });
    const ready = exporter.logged('Metrics are at').then(
      () => '',
      () => exporter.log(),
    );
    const problem = await ready;
    await exporter.stop();
    return problem;
  }

  test('is used without a second process until a file changes', async () => {
    const config = join(folder, 'main.yaml');
    writeFileSync(config, `probes: [execs]\nprobe_path: [config/probes]\n`);
    expect(await start(config, { mayRead: false })).toContain('a process was started');
    expect(await start(config)).toBe('');
    expect(readdirSync(join(folder, 'cache'))).toHaveLength(1);
    expect(await start(config, { mayRead: false })).toBe('');
    expect(await start(config, { mayRead: false, cache: 'none' })).toContain('a process was started');

    const probe = join(folder, 'config/probes/execs.yaml');
    const text = readFileSync(probe);
    appendFileSync(probe, 'unknown: 1\n');
    expect(await start(config)).toContain('CONFIG_UNKNOWN_KEY');
    writeFileSync(probe, text);
  });

  test('is that of the build for the shipped files, also in another folder', async () => {
    expect(await start(join(folder, 'config/santabpf.yaml'), { mayRead: false, cache: join(folder, 'empty') })).toBe(
      '',
    );
  });
});
