import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedProbePath } from '../harness/exporter.js';
import { repository } from '../harness/reachable_copy.js';
import { needs } from '../harness/requirements.js';
import { logOf, santabpf } from './command.js';
import { defaultProbes, faultyProbe, fixtureNeeds, mainFileOf, toldProbe } from './probes.js';
import { until } from './until.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes files, and returns the path of the first. */
function written(files: Readonly<Record<string, string>>): string {
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  });
  return paths[0]!;
}

describe('the command line', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };

  it('--version', () => {
    expect(santabpf(['--version'])).toEqual({ status: 0, stdout: `santabpf ${version}\n`, stderr: '' });
  });

  it('--help', () => {
    const { status, stdout, stderr } = santabpf(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: santabpf/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThan(121);
  });

  it.each([
    [['--config.flie=x'], /Unknown flag "--config\.flie=x"[\s\S]*Did you mean --config\.file\?/],
    [['serve'], /Unknown argument "serve"/],
    [
      ['--web.listen-address=127.0.0.1:99999', '--web.telemetry-path=/probes', '--log.level=loud', '--config.file'],
      /--config\.file needs a value[\s\S]*port up to 65535[\s\S]*cannot be "\/probes"[\s\S]*--log\.level/,
    ],
  ])('%j is refused with code 2', (words, says) => {
    const { status, stdout, stderr } = santabpf(words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('--config.check', needs(fixtureNeeds), () => {
  let good: string;
  beforeAll(() => {
    good = written({
      'good/santabpf.yaml': mainFileOf('told', 'syscalls', 'biolatency'),
      'good/told.yaml': toldProbe(),
    });
  });

  it('accepts the configuration of the package', () => {
    const { status, stdout, stderr } = santabpf(['--config.check']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.endsWith(`santabpf.yaml: ${defaultProbes.length} probes OK\n`)).toBe(true);
  });

  it('accepts a good configuration', () => {
    const { status, stdout, stderr } = santabpf([`--config.file=${good}`, '--config.check']);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${good}: 3 probes OK\n`, stderr: '' });
  });

  it('leaves nothing in the kernel, pins included, and needs no network', async () => {
    const pins = () => execFileSync('find', ['/sys/fs/bpf'], { encoding: 'utf8' });
    const objects = () =>
      ['prog', 'map', 'link'].flatMap((kind) => {
        const list = execFileSync('bpftool', [kind, 'list', '--json'], { encoding: 'utf8' });
        return (JSON.parse(list) as { id: number }[]).map(({ id }) => `${kind} ${id}`);
      });
    const before = { pins: pins(), objects: objects() };
    const main = join(repository, 'dist/main.js');
    const stdout = execFileSync('unshare', ['--net', process.execPath, main, '--config.check'], { encoding: 'utf8' });
    expect(stdout).toContain(`${defaultProbes.length} probes OK\n`);
    expect(pins()).toBe(before.pins);
    await until('new objects to be freed', () => objects().every((object) => before.objects.includes(object)));
  });

  it('says what this host does not support, and is content', () => {
    const file = written({
      'unsupported/santabpf.yaml': mainFileOf('told', 'lost', 'syscalls'),
      'unsupported/told.yaml': toldProbe(),
      'unsupported/lost.yaml': faultyProbe('lost', 'at_no_hook'),
    });
    const { status, stdout, stderr } = santabpf([`--config.file=${file}`, '--config.check']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /^.*: 2 probes OK, 1 unsupported on this host\n\nlost: Cannot attach .* \[HOOK_MISSING\]\n {2}Add /,
    );
  });

  it('tells all that is wrong with the files at once, with line and column', () => {
    const file = written({
      'bad/santabpf.yaml': `probes: [syscalls, tolled, bad]\nprobe_pth: [x]\nprobe_path: [., ${shippedProbePath}]\n`,
      'bad/bad.yaml': 'probe: bad\nsummary: Bad.\nmetrics:\n  - { name: 1bad, type: contour, help: Bad., map: x }\n',
      'bad/told.yaml': toldProbe(),
    });
    const output = santabpf([`--config.file=${file}`, '--config.check', '--log.format=json']);
    expect({ status: output.status, stdout: output.stdout }).toEqual({ status: 1, stdout: '' });
    const log = logOf(output);
    expect(log.map(({ code }) => code)).toEqual(expect.arrayContaining(['CONFIG_UNKNOWN_KEY', 'CONFIG_PROBE_UNKNOWN']));
    expect(log.length).toBeGreaterThanOrEqual(4);
    for (const { at, level } of log) {
      expect(level).toBe('error');
      expect(at).toMatch(/\/bad\/(santabpf|bad)\.yaml:\d+:\d+$/);
    }
  });

  it('tells what of it the objects and the kernel do not take, each probe on its own', () => {
    const file = written({
      'refused/santabpf.yaml': mainFileOf('told', 'rejected', 'lost', 'syscalls'),
      'refused/told.yaml': toldProbe().replace('field: parity', 'field: party'),
      'refused/rejected.yaml': faultyProbe('rejected', 'out_of_bounds'),
      'refused/lost.yaml': faultyProbe('lost', 'nobody', 'nowhere'),
    });
    const output = santabpf([`--config.file=${file}`, '--config.check', '--log.format=json']);
    expect({ status: output.status, stdout: output.stdout }).toEqual({ status: 1, stdout: '' });
    expect(logOf(output).map(({ code, at }) => `${code} ${at?.replace(/.*refused/, '')}`)).toEqual([
      'FIELD_UNKNOWN /told.yaml:13:24',
      'PROGRAM_REJECTED undefined',
      'PROGRAM_UNKNOWN /lost.yaml:7:8',
      'PROGRAM_UNKNOWN /lost.yaml:8:8',
    ]);
  });

  it('says in one sentence what a user lacks who may not load programs', () => {
    const output = santabpf(['--config.check', '--log.format=json'], 65534);
    expect({ status: output.status, stdout: output.stdout }).toEqual({ status: 1, stdout: '' });
    const log = logOf(output);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatchObject({ code: 'KERNEL_NO_PRIVILEGE' });
  });

  it.each([
    ['that is not there', () => join(folder, 'nothing.yaml'), /it does not exist$/],
    ['that is a folder', () => folder, /EISDIR|folder|directory/i],
    ['that is empty', () => written({ 'empty.yaml': '' }), /file is empty/],
    ['that is not YAML', () => written({ 'torn.yaml': 'probes: [a\n  b: {' }), /YAML/],
    ['that is a binary', () => process.execPath, /./],
  ])('refuses a file %s', (_, file, says) => {
    const output = santabpf([`--config.file=${file()}`, '--config.check', '--log.format=json']);
    expect({ status: output.status, stdout: output.stdout }).toEqual({ status: 1, stdout: '' });
    const log = logOf(output);
    expect(log[0]!.msg).toMatch(says);
    for (const { code } of log) expect(code).toMatch(/^CONFIG_/);
  });
});
