import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixtureObject } from '../harness/fixture_objects.js';
import { lookup, update } from '../harness/map_entries.js';
import {
  addon,
  addonFile,
  callGetppid,
  nativeErrorOf,
  numberAt,
  openCounters,
  rejectionOf,
  sanitized,
  u32,
} from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

/**
 * Runs a program text in a separate Node, with `addon` and `file` (the counters fixture) defined. LeakSanitizer is off when
 * the text calls process.exit(): Node itself leaks then, and LeakSanitizer crashes on it.
 */
function runAlone(text: string) {
  const prelude = `
    const { createRequire } = await import('node:module');
    const { Worker } = await import('node:worker_threads');
    const addonFile = ${JSON.stringify(addonFile)};
    const addon = createRequire(import.meta.url)(addonFile);
    const file = ${JSON.stringify(fixtureObject('counters'))};
  `;
  const sanitizers = `${process.env.ASAN_OPTIONS ?? ''}:detect_leaks=${text.includes('process.exit') ? 0 : 1}`;
  const run = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', prelude + text], {
    encoding: 'utf8',
    timeout: 25_000,
    env: { ...process.env, ASAN_OPTIONS: sanitizers },
  });
  return { status: run.status, signal: run.signal, output: run.stdout.trim(), errors: run.stderr.trim() };
}

const clean = { status: 0, signal: null, errors: '' };

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

function anonymousMemory(): number {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}

describe('closing', needs({ bpf: true }), () => {
  test('closes links and maps too, and may be repeated', async () => {
    const object = openCounters();
    await object.load();
    const link = object.attach('count_calls');
    const map = object.map('plain_hash');
    object.close();
    object.close();
    expect(object.state).toBe('closed');
    expect(link.attached).toBe(false);
    expect(map.closed).toBe(true);
    link.detach();
    map.close();
  });

  test('makes every other call fail', async () => {
    const object = openCounters();
    await object.load();
    const map = object.map('plain_hash');
    object.close();
    const key = new Uint8Array(24);
    const value = new Uint8Array(8);
    for (const use of [
      () => object.btf(),
      () => object.programs(),
      () => object.maps(),
      () => object.setAutoload('count_calls', true),
      () => object.setAutocreate('plain_hash', true),
      () => object.setMaxEntries('plain_hash', 1),
      () => object.setKeySize('plain_hash', 1),
      () => object.setInitialValue('.bss', 0, value),
      () => object.load(),
      () => object.attach('count_calls'),
      () => object.attachPerfEvent('count_calls', { type: 1, config: 0, frequency: 1 }),
      () => object.programInfo('count_calls'),
      () => object.map('plain_hash'),
      () => map.snapshot(),
      () => map.lookup(key),
      () => map.lookupAndDelete(key),
      () => map.update(key, value),
      () => map.empty(),
    ]) {
      expect(nativeErrorOf(use)).toMatchObject({ code: 'EBADF', errno: 9 });
    }
    expect(object.name).toBe('counters');
    expect(object.log()).toContain('');
    expect(map.name).toBe('plain_hash');
  });

  test('before the load', () => {
    const object = openCounters();
    expect(nativeErrorOf(() => object.attach('count_calls')).code).toBe('EINVAL');
    expect(nativeErrorOf(() => object.map('plain_hash')).code).toBe('EINVAL');
    object.close();
    expect(nativeErrorOf(() => object.load()).code).toBe('EBADF');
  });

  test('during the load takes effect at its end', async () => {
    const before = descriptors();
    const object = openCounters();
    const loading = object.load();
    expect(object.state).toBe('loading');
    expect(nativeErrorOf(() => object.programs()).code).toBe('EBUSY');
    expect(nativeErrorOf(() => object.load()).code).toBe('EBUSY');
    expect(object.log()).toBe('');
    object.close();
    expect(object.state).toBe('closed');
    expect((await rejectionOf(loading)).code).toBe('ECANCELED');
    expect(nativeErrorOf(() => object.programs()).code).toBe('EBADF');
    expect(descriptors()).toBe(before);
  });

  test('configuration is refused after the load', async () => {
    const object = openCounters();
    await object.load();
    for (const use of [
      () => object.setAutoload('count_calls', false),
      () => object.setAutocreate('plain_hash', false),
      () => object.setMaxEntries('plain_hash', 5),
      () => object.setKeySize('plain_hash', 2),
      () => object.setInitialValue('.rodata', 0, u32(1)),
      () => object.load(),
    ]) {
      expect(nativeErrorOf(use).code).toBe('EINVAL');
    }
    object.close();
  });

  test('during a snapshot: it finishes, and its result stays readable', async () => {
    const before = descriptors();
    const object = openCounters();
    await object.load();
    const map = object.map('mapped_array');
    update(map, u32(7), new Uint8Array(16).fill(3));
    const reading = map.snapshot();
    object.close();
    expect(nativeErrorOf(() => map.snapshot()).code).toBe('EBADF');
    const snapshot = await reading;
    expect(snapshot.values.subarray(112, 128)).toEqual(new Uint8Array(16).fill(3));
    expect(descriptors()).toBe(before);
  });

  test('an object stays open while one of its links and maps is reachable', () => {
    const { output, ...rest } = runAlone(`
      async function attach() {
        const object = new addon.BpfObject(file);
        object.setInitialValue('.rodata', 0, new Uint8Array(Uint32Array.of(process.pid).buffer));
        object.setInitialValue('.rodata', 8, new Uint8Array(BigUint64Array.of(${process.arch === 'arm64' ? 173 : 110}n).buffer));
        await object.load();
        return { link: object.attach('count_calls'), map: object.map('.bss') };
      }
      const collect = async () => { for (let i = 0; i < 5; i++) { gc(); await new Promise(setImmediate); } };
      let { link, map } = await attach();
      await collect();
      for (let i = 0; i < 55; i++) process.ppid;
      link = undefined;
      await collect();
      for (let i = 0; i < 5; i++) process.ppid;
      console.log(Buffer.from(addon.lookup(map.id, new Uint8Array(4))).readUInt32LE());
      const fs = await import('node:fs');
      const open = () => fs.readdirSync('/proc/self/fd').filter((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd).includes('bpf'); } catch { return false; } }).length;
      const held = open();
      map = undefined;
      await collect();
      console.log(held > 0, open());
    `);
    expect(rest).toEqual(clean);
    expect(output).toBe('60\ntrue 0');
  });
});

describe('leaving', needs({ bpf: true }), () => {
  const open = `
    const object = new addon.BpfObject(file);
    await object.load();
    const link = object.attach('count_calls');
    const map = object.map('plain_hash');
    const statistics = new addon.RunStatistics();
    globalThis.kept = [object, link, map, statistics, await map.snapshot()];
  `;

  test.each([
    ['by returning', open],
    ['by process.exit', `${open} process.exit(0);`],
    ['during a load', `new addon.BpfObject(file).load().catch(() => {}); process.exit(0);`],
    ['during a load that nobody awaits', `new addon.BpfObject(file).load();`],
    ['during a snapshot', `${open} map.snapshot().catch(() => {}); process.exit(0);`],
  ])('%s with everything open', (_how, text) => {
    expect(runAlone(text)).toEqual({ ...clean, output: '' });
  });

  test.each([
    ['that ends', `${open}`, false],
    ['that is stopped', `${open} setInterval(() => {}, 1000); parentPort.postMessage('open');`, true],
    [
      'that is stopped during loads and snapshots',
      `${open} setInterval(() => {}, 1000); for (let i = 0; i < 6; i++) new addon.BpfObject(file).load().catch(() => {}); map.snapshot().catch(() => {}); parentPort.postMessage('open');`,
      true,
    ],
  ])('a worker thread %s closes what it opened', (_how, text, stop) => {
    const worker = `
      (async () => {
        const { parentPort } = require('node:worker_threads');
        const addon = require(${JSON.stringify(addonFile)});
        const file = ${JSON.stringify(fixtureObject('counters'))};
        ${text}
      })();`;
    const run = runAlone(`
      const fs = await import('node:fs');
      const bpf = () => fs.readdirSync('/proc/self/fd').filter((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd).includes('bpf'); } catch { return false; } }).length;
      for (let round = 0; round < 3; round++) {
        const worker = new Worker(${JSON.stringify(worker)}, { eval: true, execArgv: [] });
        await new Promise((resolve, reject) => { worker.on('error', reject); worker.on(${stop ? "'message'" : "'exit'"}, resolve); });
        await worker.terminate();
      }
      console.log(bpf());
    `);
    expect(run).toEqual({ ...clean, output: '0' });
  });
});

describe('hundreds of rounds', needs({ bpf: true }), () => {
  test('of opening and closing leave nothing behind', () => {
    const round = () => {
      const object = openCounters();
      object.programs();
      object.maps();
      object.btf();
      object.close();
    };
    for (let i = 0; i < 200; i++) round();
    const before = { descriptors: descriptors(), memory: anonymousMemory() };
    for (let i = 0; i < 1000; i++) round();
    expect(descriptors()).toBe(before.descriptors);
    // AddressSanitizer keeps freed memory in quarantine.
    if (!sanitized) expect(anonymousMemory() - before.memory).toBeLessThan(16 * 1024);
  });

  test('of loading, reading and closing leave nothing behind', async () => {
    const round = async (attach: boolean) => {
      const object = new addon.BpfObject(fixtureObject('rejected'));
      object.setAutoload('careless', false);
      await object.load();
      if (attach) object.attach('careful');
      const map = object.map('counts');
      update(map, u32(1), new Uint8Array(8));
      expect((await map.snapshot()).count).toBe(1);
      object.close();
    };
    for (let i = 0; i < 100; i++) await round(i < 3);
    const before = { descriptors: descriptors(), memory: anonymousMemory() };
    // Few rounds attach: the kernel waits for a grace period after a detachment.
    for (let i = 0; i < 400; i++) await round(i % 100 === 0);
    expect(descriptors()).toBe(before.descriptors);
    if (!sanitized) expect(anonymousMemory() - before.memory).toBeLessThan(16 * 1024);
  }, 60_000);

  test('of snapshots use the same memory', async () => {
    const object = openCounters();
    await object.load();
    const map = object.map('plain_array');
    for (let i = 0; i < 100; i++) await map.snapshot();
    const before = anonymousMemory();
    for (let i = 0; i < 1000; i++) await map.snapshot();
    if (!sanitized) expect(anonymousMemory() - before).toBeLessThan(16 * 1024);
    object.close();
  });
});

test('the process still counts after all these tests', needs({ bpf: true }), async () => {
  const object = openCounters();
  await object.load();
  object.attach('count_calls');
  callGetppid(3);
  expect(numberAt(lookup(object.map('.bss'), u32(0)) ?? new Uint8Array(8))).toBe(3);
  object.close();
});
