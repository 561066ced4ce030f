import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { descriptorsOf, kernelObjectsOf } from '../e2e/kernel_objects.js';
import { exporterOf, fixtureNeeds, mainFileOf, Scrape, tell } from '../e2e/probes.js';
import { files, kind, reload } from '../e2e/reload/reload.js';
import { until } from '../e2e/until.js';
import { needs } from '../harness/requirements.js';

/** Anonymous memory in kilobytes. */
function memoryOf(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

describe('a reload', needs(fixtureNeeds), () => {
  it('leaks no kernel objects, descriptors or memory, and does not disturb scrapes', async () => {
    const exporter = await exporterOf({ config: mainFileOf('told'), files: files() });
    const { pid } = exporter.process;
    const variants = [mainFileOf('told', 'other', 'execs'), mainFileOf('told')];
    let told = 0;
    const turn = async (times: number) => {
      for (let i = 0; i < times; i++) {
        exporter.write({ 'santabpf.yaml': variants[i % 2]! });
        tell(1, [1], { kind });
        told++;
        const [scrape, { status }] = await Promise.all([Scrape.of(exporter), reload(exporter), Scrape.of(exporter)]);
        expect(status).toBe(200);
        expect(scrape.value('told_total', { value: '1' })).toBe(told);
      }
    };
    await turn(6);
    const before = { objects: kernelObjectsOf(pid!), descriptors: descriptorsOf(pid!), memory: memoryOf(pid!) };
    await turn(50);
    expect(kernelObjectsOf(pid!)).toEqual(before.objects);
    // The number of keep-alive connections varies.
    await until('descriptors to be closed', () => descriptorsOf(pid!) <= before.descriptors + 2);
    expect(memoryOf(pid!) - before.memory).toBeLessThan(16_000);
  }, 150_000);
});
