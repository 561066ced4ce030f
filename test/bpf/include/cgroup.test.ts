import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fixtureProbe } from '../../harness/fixture_objects.js';
import { GroundTruth } from '../../harness/ground_truth.js';
import { needs } from '../../harness/requirements.js';

const mine = `santabpf-test-${process.pid}`;

/** What test/fixtures/bpf/cgroups.bpf.c calls a way, and the name of the hierarchy in /proc/PID/cgroup; '' is version 2. */
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
    // The root has room for every process; a folder in use cannot be removed.
    for (const root of roots()) writeFileSync(join(root, 'cgroup.procs'), String(sleeper.pid));
    for (const folder of made.splice(0).reverse()) rmdirSync(folder);
  });
  afterAll(async () => {
    sleeper?.kill('SIGKILL');
    await truth?.stop();
  });

  /** Puts the process there in every hierarchy, and returns what one signal to it shows: paths by way. */
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

  /** What the kernel says of the same, wherever there is such a hierarchy. */
  function told(): Record<string, string> {
    const lines = readFileSync(`/proc/${sleeper.pid}/cgroup`, 'utf8').trim().split('\n');
    const paths = new Map<string, string>();
    for (const line of lines) {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line)!.map(String) as [string, string, string];
      for (const controller of controllers.split(',')) paths.set(controller, path);
    }
    // A controller without a hierarchy of its own is of version 2.
    return Object.fromEntries(
      Object.entries(hierarchies).map(([way, name]) => [way, paths.get(name) ?? paths.get('')!]),
    );
  }

  test.each(['', mine, `${mine}/a/pod 7/ü`])('are those of /proc/PID/cgroup: /%s', async (path) => {
    const seen = await seenIn(path);
    expect(seen.unified).toBe(`/${path}`);
    // In the root the scheduler may have groups of its own, by session, which are no cgroup's.
    const automatic = path === '' && seen.cpu_part === '';
    expect(seen).toEqual(automatic ? { ...told(), cpu_part: '' } : told());
  });

  test('keep their end when they are long', async () => {
    const path = `${mine}/${'p'.repeat(100)}/${'c'.repeat(40)}`;
    expect((await seenIn(path)).unified).toBe(`/${path}`.slice(-127));
  });

  test('keep the end of a name that is too long by itself', async () => {
    const path = `${mine}/${'0123456789'.repeat(25)}`;
    expect((await seenIn(path)).unified).toBe(path.slice(-127));
  });

  test.each([126, 127, 128])('are whole up to 127 bytes: %i', async (length) => {
    const path = `/${mine}/${'x'.repeat(length - mine.length - 2)}`;
    expect((await seenIn(path)).unified).toBe(path.slice(-127));
  });

  test('keep their last sixteen levels', async () => {
    const levels = [mine, ...Array.from({ length: 16 }, (_, level) => `l${level}`)];
    expect((await seenIn(levels.join('/'))).unified).toBe(`/${levels.slice(1).join('/')}`);
    expect((await seenIn(`${mine}-2`)).unified).toBe(`/${mine}-2`);
  });
});

/** Where hierarchies are mounted: version 2, and those of version 1 that are compared. */
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
