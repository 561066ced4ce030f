import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { BpfObject } from '../../src/kernel/addon.js';
import { perfEventNumbers } from '../../src/kernel/perf_events.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { lookup } from '../harness/map_entries.js';
import { addon, nativeErrorOf, numberAt, openCounters, u32 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

const secondCpu = '/sys/devices/system/cpu/cpu1/online';
const open: BpfObject[] = [];

function keep(object: BpfObject): BpfObject {
  open.push(object);
  return object;
}

afterEach(() => {
  for (const object of open.splice(0)) object.close();
});

describe('an attached perf event', needs({ bpf: true }), () => {
  test('samples on every CPU', async () => {
    const object = keep(new addon.BpfObject(fixtureObject('hooks')));
    for (const name of ['no_hook', 'no_raw_hook']) object.setAutoload(name, false);
    await object.load();
    const link = object.attachPerfEvent('sample', { ...perfEventNumbers('cpu-clock'), frequency: 999 });
    const end = performance.now() + 200;
    while (performance.now() < end);
    link.detach();
    const samples = numberAt(lookup(object.map('.bss'), u32(0)) ?? new Uint8Array(8));
    expect(samples).toBeGreaterThan(20);
    const error = nativeErrorOf(() => object.attachPerfEvent('sample', { type: 1, config: 4096, period: 1 }));
    expect(error.operation).toBe('attach program');
  });

  test('samples again on a CPU that was offline', needs({ root: true, files: [secondCpu] }), async (context) => {
    const object = keep(new addon.BpfObject(fixtureObject('hooks')));
    for (const name of ['no_hook', 'no_raw_hook']) object.setAutoload(name, false);
    await object.load();
    const link = object.attachPerfEvent('sample', { ...perfEventNumbers('cpu-clock'), frequency: 999 });
    expect([link.ensureCpu(1), link.ensureCpu(1)]).toEqual([false, false]);
    try {
      writeFileSync(secondCpu, '0');
    } catch {
      context.skip('needs a second CPU that can be taken offline');
    }
    try {
      expect(nativeErrorOf(() => link.ensureCpu(1)).code).toBe('ENODEV');
    } finally {
      writeFileSync(secondCpu, '1');
    }
    expect(link.ensureCpu(1)).toBe(true);
    expect(link.ensureCpu(1)).toBe(false);
    link.detach();
    expect(nativeErrorOf(() => link.ensureCpu(1)).code).toBe('EBADF');
  });

  test('samples no CPU with a program on another hook', async () => {
    const object = keep(openCounters());
    await object.load();
    expect(nativeErrorOf(() => object.attach('count_calls').ensureCpu(0)).code).toBe('EINVAL');
  });
});
