import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExposition } from '../harness/exposition_parser.js';
import { readPage } from '../harness/markdown.js';
import { needs } from '../harness/requirements.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const page = readPage('docs/writing-a-probe.md');
/** The shell blocks of the page, line by line. */
const commands = page.blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trim().split('\n'));

function command(beginning: string): string {
  const line = commands.find((candidate) => candidate.startsWith(beginning));
  if (line === undefined) throw new Error(`The page has no command that begins with ${beginning}`);
  return line;
}

describe('docs/writing-a-probe.md', needs({ root: true, bpf: true, files: ['/usr/include/bpf/bpf_helpers.h'] }), () => {
  // Like the reader's clone: the project, and a folder `my-probes`.
  const clone = mkdtempSync(join(tmpdir(), 'santabpf-guide-'));
  const sleeper = join(clone, 'guide-sleeper');
  const main = join(clone, 'my-probes/santabpf.yaml');
  let exporter: ChildProcess;
  let url: string;

  /** Runs a command line. @returns its status, and its stdout and stderr joined */
  const type = (line: string) => {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { cwd: clone, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };

  beforeAll(async () => {
    for (const entry of readdirSync(repository)) {
      if (entry !== 'my-probes') symlinkSync(join(repository, entry), join(clone, entry));
    }
    mkdirSync(join(clone, 'my-probes'));
    chmodSync(clone, 0o755);
    for (const { file, text } of page.blocks) {
      if (file?.startsWith('my-probes/')) writeFileSync(join(clone, file), text);
    }
    copyFileSync('/bin/sleep', sleeper);
    expect(type(command('node bpf/build.mjs'))).toMatchObject({ status: 0 });
    expect(type(command('clang').replace(/^clang/, findClang()))).toMatchObject({ status: 0, output: '' });
    expect(type(`${command('node dist/main.js')} --config.check`)).toMatchObject({ status: 0 });
    addProbes('lifetimes', 'switches', 'threads');

    const run = commands.find((line) => line.startsWith('node dist/main.js') && !line.includes('--config.check'))!;
    exporter = spawn('bash', ['-c', `exec ${run} --web.listen-address=127.0.0.1:0 --log.format=json`], { cwd: clone });
    url = await listening(exporter);
  }, 60_000);

  afterAll(async () => {
    if (exporter !== undefined) {
      const ended = new Promise((resolve) => exporter.once('exit', resolve));
      exporter.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
    rmSync(clone, { recursive: true });
  });

  function addProbes(...names: string[]) {
    writeFileSync(main, readFileSync(main, 'utf8').replace(/^probes: \[(.*)\]$/m, `probes: [$1, ${names.join(', ')}]`));
  }

  async function scrape() {
    const text = await (await fetch(`${url}/metrics`)).text();
    return parseExposition(text, 'text').flatMap((family) => family.samples);
  }

  async function samples(name: string, labels: Record<string, string> = {}, scraped = scrape()) {
    return (await scraped)
      .filter((sample) => sample.name === `santabpf_${name}`)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value));
  }

  async function value(name: string, labels?: Record<string, string>, scraped = scrape()): Promise<number> {
    return (await samples(name, labels, scraped)).reduce((total, sample) => total + sample.value, 0);
  }

  it('counts every signal by its receiver and by its sender', async () => {
    const uid = 54_321;
    const script = 'while read -r pid; do for ((i = 0; i < 500; i++)); do kill -WINCH $pid; done; echo done; done';
    const receiver = spawn(sleeper, ['60'], { uid, gid: uid });
    await new Promise((resolve) => receiver.once('spawn', resolve));
    const sent = spawnSync('bash', ['-c', script], { input: `${receiver.pid}\n`, uid, gid: uid, encoding: 'utf8' });
    expect(sent.stdout).toBe('done\n');
    expect(await value('signals_received_total', { command: 'guide-sleeper', signal: 'SIGWINCH' })).toBe(500);
    // One more: the exit of the user's shell sends SIGCHLD to its parent.
    expect(await value('signals_sent_total', { user: String(uid) })).toBe(501);
    const ended = new Promise((resolve) => receiver.once('exit', resolve));
    receiver.kill('SIGKILL');
    await ended;
  });

  it('measures the lifetime of processes, except those below the constant', async () => {
    const run = (seconds: string) => execFileSync(sleeper, [seconds]);
    const labels = { command: 'guide-sleeper' };
    const before = await value('process_lifetime_seconds_count', labels);
    const sum = await value('process_lifetime_seconds_sum', labels);
    for (let count = 0; count < 5; count++) run('0.01');
    expect(await value('process_lifetime_seconds_count', labels)).toBe(before + 5);
    expect((await value('process_lifetime_seconds_sum', labels)) - sum).toBeGreaterThan(0.05);
    expect(await value('process_lifetime_seconds_bucket', { ...labels, le: '0.0078125' })).toBe(0);
  });

  it('reads a global variable of an object without the library', async () => {
    const before = await value('context_switches_total');
    for (let count = 0; count < 20; count++) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await value('context_switches_total')).toBeGreaterThan(before + 20);
  });

  it('shows current threads only', async () => {
    const labels = { command: 'guide-sleeper' };
    expect(await samples('threads', labels)).toEqual([]);
    const sleepers = [1, 2, 3].map(() => spawn(sleeper, ['60']));
    await Promise.all(sleepers.map((child) => new Promise((resolve) => child.once('spawn', resolve))));
    expect(await value('threads', labels)).toBe(3);
    const ended = sleepers.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    for (const child of sleepers) child.kill('SIGKILL');
    await Promise.all(ended);
    expect(await samples('threads', labels)).toEqual([]);
  });

  it('has all probes up, the shipped one included', async () => {
    expect((await samples('probe_state', { state: 'up' })).map(({ labels, value }) => [labels.probe, value])).toEqual([
      ['signals', 1],
      ['forks', 1],
      ['lifetimes', 1],
      ['switches', 1],
      ['threads', 1],
    ]);
  });

  it('applies the overrides of the main file, and shows keys beyond a full map as "other"', async () => {
    const overrides = page.blocks.find(({ language, text }) => language === 'yaml' && text.includes('limit: 500'))!;
    const small = overrides.text.replace('max_entries: 64', 'max_entries: 1');
    writeFileSync(main, `${small}probe_path: [., ../config/probes]\n`);
    const reload = await fetch(`${url}/-/reload`, { method: 'POST' });
    expect(reload.status, await reload.text()).toBe(200);
    for (let count = 0; count < 5; count++) execFileSync('/bin/true');
    for (let count = 0; count < 5; count++) execFileSync(sleeper, ['0']);
    // Other processes end meanwhile, so the values are of one scrape.
    const scraped = scrape();
    const commands = await samples('process_lifetime_seconds_count', {}, scraped);
    expect(commands.map(({ labels }) => labels.command)).toContain('other');
    expect(await value('process_lifetime_seconds_count', {}, scraped)).toBeGreaterThanOrEqual(10);
    expect(await value('lost_updates_total', { map: 'lifetimes' }, scraped)).toBe(
      await value('process_lifetime_seconds_count', { command: 'other' }, scraped),
    );
  });

  it('compiles and checks the shorter probe of the README', () => {
    const folder = join(clone, 'readme');
    mkdirSync(folder);
    writeFileSync(join(folder, 'santabpf.yaml'), 'probes: [signals]\nprobe_path: [.]\n');
    for (const { file, text } of readPage('README.md').blocks) {
      if (file?.startsWith('my-probes/')) writeFileSync(join(folder, file.slice('my-probes/'.length)), text);
    }
    expect(type('node bpf/build.mjs --source readme --output readme')).toMatchObject({ status: 0 });
    expect(type('node dist/main.js --config.file=readme/santabpf.yaml --config.check')).toMatchObject({ status: 0 });
  });

  it('shows the error for a wrong field', () => {
    const file = join(clone, 'my-probes/signals.yaml');
    const right = readFileSync(file, 'utf8');
    writeFileSync(file, right.replace('field: signal,', 'field: signo,'));
    writeFileSync(main, 'probes: [signals]\nprobe_path: [.]\n');
    const shown = page.blocks.find(({ language }) => language === 'text')!.text;
    const { status, output } = type(`${command('node dist/main.js')} --config.check --log.format=pretty`);
    const [expected, received] = [shown, output].map((text) => text.replace(/^\[[\d:]+\] /, '').trimEnd());
    expect(received!.replaceAll(clone, '/root/santabpf')).toBe(expected);
    expect(status).toBe(1);
    writeFileSync(file, right);
  });
});

/** Debian may have only a versioned name, such as `clang-19`. The build of the BPF programs looks for both as well. */
function findClang(): string {
  const folders = (process.env.PATH ?? '').split(':').flatMap((folder) => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  });
  return folders.includes('clang')
    ? 'clang'
    : folders
        .filter((name) => /^clang-\d+$/.test(name))
        .sort()
        .at(-1)!;
}

async function listening(exporter: ChildProcess): Promise<string> {
  let log = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      log += chunk.toString();
      const found = /"url":"(http[^"]+)"/.exec(log)?.[1];
      if (found !== undefined) resolve(found.replace(/\/$/, ''));
    };
    exporter.stdout!.on('data', read);
    exporter.stderr!.on('data', read);
    exporter.once('exit', (code) => reject(new Error(`The exporter exited with ${code} before it listened:\n${log}`)));
  });
}
