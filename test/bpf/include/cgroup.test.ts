import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fixtureProbe } from '../../harness/fixture_objects.js';
import { GroundTruth } from '../../harness/ground_truth.js';
import { needs } from '../../harness/requirements.js';

const mine = `santabpf-test-${process.pid}`;

/** The ways of test/fixtures/bpf/cgroups.bpf.c, with their hierarchy in /proc/PID/cgroup; '' is cgroup v2. */
const hierarchies = { unified: '', memory: 'memory', cpu: 'cpu', cpu_part: 'cpu' };

describe('paths of cgroups', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  let sleeper: ChildProcess;
  const made: string[] = [];
  beforeAll(async () => {
    truth = await GroundTruth.start(fixtureProbe('cgroups'));
    sleeper = spawn('sleep', ['1000'], { stdio: 'ignore' });
  });
  afterEach(() => {
    // A cgroup in use cannot be removed, so the process moves to the root first.
    for (const root of roots()) writeFileSync(join(root, 'cgroup.procs'), String(sleeper.pid));
    for (const folder of made.splice(0).reverse()) rmdirSync(folder);
  });
  afterAll(async () => {
    sleeper?.kill('SIGKILL');
    await truth?.stop();
  });

  /** Moves the process to this cgroup in every hierarchy and sends it a signal. @returns the paths shown, by way */
  async function seenIn(path: string): Promise<Record<string, string>> {
    for (const root of roots()) {
      let folder = root;
      for (const name of path.split('/').filter(Boolean)) {
        folder = join(folder, name);
        mkdirSync(folder);
        made.push(folder);
      }
      writeFileSync(join(folder, 'cgroup.procs'), String(sleeper.pid));
    }
    const before = await truth.scrape();
    process.kill(sleeper.pid!, 'SIGWINCH');
    const after = await truth.scrape();
    const labels = { pid: String(sleeper.pid) };
    const known = before.values('signalled_total', labels);
    const grown = [...after.values('signalled_total', labels)].filter(([rest, n]) => n === (known.get(rest) ?? 0) + 1);
    return Object.fromEntries(
      grown.map(([rest]) => /way="(.*)",cgroup="(.*)"/.exec(rest)!.slice(1) as [string, string]),
    );
  }

  /** The same paths in /proc/PID/cgroup, for the hierarchies that exist. */
  function told(): Record<string, string> {
    const lines = readFileSync(`/proc/${sleeper.pid}/cgroup`, 'utf8').trim().split('\n');
    const paths = new Map<string, string>();
    for (const line of lines) {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line)!.map(String) as [string, string, string];
      for (const controller of controllers.split(',')) paths.set(controller, path);
    }
    // A controller without its own hierarchy belongs to cgroup v2.
    return Object.fromEntries(
      Object.entries(hierarchies).map(([way, name]) => [way, paths.get(name) ?? paths.get('')!]),
    );
  }

  test.each(['', mine, `${mine}/a/pod 7/ü`])('match /proc/PID/cgroup: /%s', async (path) => {
    const seen = await seenIn(path);
    expect(seen.unified).toBe(`/${path}`);
    // In the root, the scheduler may have groups per session (autogroups) that belong to no cgroup.
    const automatic = path === '' && seen.cpu_part === '';
    expect(seen).toEqual(automatic ? { ...told(), cpu_part: '' } : told());
  });

  test('keep their end if they are too long', async () => {
    const path = `${mine}/${'p'.repeat(100)}/${'c'.repeat(40)}`;
    expect((await seenIn(path)).unified).toBe(`/${path}`.slice(-127));
  });

  test('keep the end of a single name that is too long', async () => {
    const path = `${mine}/${'0123456789'.repeat(25)}`;
    expect((await seenIn(path)).unified).toBe(path.slice(-127));
  });

  test.each([126, 127, 128])('are complete up to 127 bytes: %i', async (length) => {
    const path = `/${mine}/${'x'.repeat(length - mine.length - 2)}`;
    expect((await seenIn(path)).unified).toBe(path.slice(-127));
  });

  test('keep their last sixteen levels', async () => {
    const levels = [mine, ...Array.from({ length: 16 }, (_, level) => `l${level}`)];
    expect((await seenIn(levels.join('/'))).unified).toBe(`/${levels.slice(1).join('/')}`);
    expect((await seenIn(`${mine}-2`)).unified).toBe(`/${mine}-2`);
  });
});

/** Mount points of cgroup v2 and of the compared v1 hierarchies. */
function roots(): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const folders = mounts.flatMap(([, folder, type, options = '']) => {
    const controllers = options.split(',');
    const compared = type === 'cgroup' && (controllers.includes('memory') || controllers.includes('cpu'));
    return type === 'cgroup2' || compared ? [folder!] : [];
  });
  return [...new Set(folders)].filter((folder) => existsSync(folder) && readdirSync(folder).length > 0);
}
