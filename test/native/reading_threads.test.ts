import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { BpfObject, Link } from '../../src/kernel/addon.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { addon, addonFile, rejectionOf } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

describe('reads of the kernel', needs({ bpf: true }), () => {
  const opened: BpfObject[] = [];
  afterEach(() => {
    for (const object of opened.splice(0)) object.close();
  });

  async function load(name: string): Promise<BpfObject> {
    const object = new addon.BpfObject(fixtureObject(name));
    await object.load();
    opened.push(object);
    return object;
  }

  /** Runs of iterators that take minutes; close their object to end them. */
  function runs(object: BpfObject, count: number): Promise<number>[] {
    const link: Link = object.attach('walk');
    return Array.from({ length: count }, () => link.iterate());
  }

  test('take no thread from others, however long an iterator runs', async () => {
    const slow = await load('slow_iterator');
    const ends = runs(slow, 10).map(rejectionOf);
    let ended = false;
    void Promise.race(ends).then(() => {
      ended = true;
    });
    // Of libuv's pool, of the lane of the maps, and the thread that waits.
    await promisify(gzip)(Buffer.alloc(1e6));
    await slow.map('slow').snapshot();
    expect(ended).toBe(false);
    slow.close();
    for (const { code } of await Promise.all(ends)) expect(code).toBe('ECANCELED');
  });

  test('have few threads, which are used again', async () => {
    const slow = await load('slow_iterator');
    const maps = await Promise.all(['counters', 'iterators', 'shapes'].map(load));
    const ends = runs(slow, 50).map(rejectionOf);
    const readable = maps.flatMap((object) =>
      object
        .maps()
        .flatMap(({ name, typeName }) => (/^(percpu_)?(array|hash)$/.test(typeName) ? [object.map(name)] : [])),
    );
    await Promise.all(readable.map((map) => map.snapshot()));
    const names = readdirSync('/proc/self/task').map((thread) =>
      readFileSync(`/proc/self/task/${thread}/comm`, 'utf8'),
    );
    const readers = names.filter((name) => name === 'santabpf-read\n').length;
    expect(readers).toBeGreaterThan(0);
    expect(readers).toBeLessThanOrEqual(6);
    slow.close();
    await Promise.all(ends);
  });

  test.each([
    ['ends by itself', 'setTimeout(() => object.close(), 300)'],
    ['exits', 'setTimeout(() => process.exit(0), 300)'],
    ['ends a worker thread', 'setTimeout(() => process.exit(0), 300)', true],
  ])('do not hold up a process that %s', (_, end, inWorker = false) => {
    const body = `
      const { BpfObject } = require(${JSON.stringify(addonFile)});
      const object = new BpfObject(${JSON.stringify(fixtureObject('slow_iterator'))});
      object.load().then(() => {
        const link = object.attach('walk');
        for (let run = 0; run < 6; run++) link.iterate().catch(() => {});
        ${end};
      });`;
    const script = inWorker
      ? `new (require('node:worker_threads').Worker)(${JSON.stringify(body)}, { eval: true })`
      : body;
    // LeakSanitizer stops all threads first, and would wait for the iterators.
    const env = { ...process.env, ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:detect_leaks=0` };
    const { status, signal, stderr } = spawnSync(process.execPath, ['-e', script], {
      encoding: 'utf8',
      env,
      timeout: 25_000,
    });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  });
});
