import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Link } from '../../src/kernel/addon.js';
import { CpuWatch, parseCpuList } from '../../src/kernel/cpu_watch.js';
import { PerfSampling } from '../../src/kernel/perf_sampling.js';
import { capableHost, nativeError } from '../harness/fake_addon.js';

describe('a list of CPUs', () => {
  it.each([
    ['0\n', [0]],
    ['0-3\n', [0, 1, 2, 3]],
    ['0,2-3,63\n', [0, 2, 3, 63]],
    ['\n', []],
  ])('%j', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });
});

describe('CpuWatch', () => {
  let sys: string;
  const list = () => join(sys, 'devices/system/cpu/online');
  beforeEach(() => {
    sys = mkdtempSync(join(tmpdir(), 'santabpf-sys-'));
    mkdirSync(join(sys, 'devices/system/cpu'), { recursive: true });
    writeFileSync(list(), '0-1\n');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(sys, { recursive: true });
  });

  it('tells its followers every second which CPUs are online, whether or not they changed', () => {
    const told: number[][] = [];
    const follower = { follow: (cpus: readonly number[]) => void told.push([...cpus]) };
    const watch = new CpuWatch(sys);
    watch.add(follower);
    vi.advanceTimersByTime(2000);
    writeFileSync(list(), '0\n');
    vi.advanceTimersByTime(1000);
    rmSync(list());
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([[0, 1], [0, 1], [0]]);
    watch.remove(follower);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('PerfSampling', () => {
  /** A link whose CPUs fail with these errors. */
  function sampling(errors: Record<number, Error>, asked: number[] = []): PerfSampling {
    const ensureCpu = (cpu: number) => {
      asked.push(cpu);
      if (errors[cpu]) throw errors[cpu];
      return true;
    };
    const link = { ensureCpu } as unknown as Link;
    return new PerfSampling(
      [
        { name: 'sample', section: 'perf_event', link, isSampling: true },
        { name: 'count', section: 'tp_btf/sys_exit', link },
      ],
      capableHost,
    );
  }

  it('asks for every CPU, and takes a CPU that has just gone offline for no failure', () => {
    const asked: number[] = [];
    const programs = sampling({ 1: nativeError('ENODEV', 'sample CPU') }, asked);
    expect(programs.isEmpty).toBe(false);
    expect(programs.follow([0, 1, 5])).toBeUndefined();
    expect(asked).toEqual([0, 1, 5]);
  });

  it('says why a CPU cannot be sampled, after it has asked for the others', () => {
    const asked: number[] = [];
    const programs = sampling({ 0: nativeError('EMFILE', 'sample CPU') }, asked);
    expect(programs.follow([0, 1])).toMatchObject({ code: 'ATTACH_FAILED' });
    expect(asked).toEqual([0, 1]);
  });
});
