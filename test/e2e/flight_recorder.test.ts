import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodePprof } from '../../src/recorder/pprof.js';
import { BurningProgram, SleepingProgram } from '../harness/burning_program.js';
import { configFor, type RunningExporter, startExporter } from '../harness/exporter.js';
import { needs } from '../harness/requirements.js';

const command = 'gt-recorded';

describe('the flight recorder', needs({ root: true, bpf: true, commands: ['gcc'] }), () => {
  let state: string;
  let burning: BurningProgram;
  let exporter: RunningExporter | undefined;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'santabpf-state-'));
    burning = new BurningProgram(command);
  });
  afterEach(async () => {
    await exporter?.stop();
    burning.remove();
    rmSync(state, { recursive: true });
  });

  const config = () => `${configFor('profile')}flight_recorder: { path: "${state}" }\n`;
  const folder = () => join(state, 'windows');
  const files = () => readdirSync(folder()).filter((name) => name.endsWith('.pb.gz'));
  const metric = async (name: string) => {
    const [, value] = new RegExp(`^santabpf_${name} (\\S+)$`, 'm').exec(await exporter!.get('/metrics')) ?? [];
    return value === undefined ? undefined : Number(value);
  };

  /** The samples of a command in all windows, by its innermost function. */
  function recorded(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const name of files()) {
      for (const { labels, frames, value } of decodePprof(gunzipSync(readFileSync(join(folder(), name)))).stacks) {
        const own = frames.find((frame) => !frame.isKernel)?.function ?? '';
        if (labels.command === command) sums.set(own, (sums.get(own) ?? 0) + value);
      }
    }
    return sums;
  }

  test('names functions of processes that have ended, and has its windows after a restart', async () => {
    exporter = await startExporter({ config: config() });
    // The programs that run all the time are read first.
    await delay(8000);
    // It is seen while it lives: stacks are collected every five seconds.
    await burning.burn(9000);
    await delay(7000);
    expect(await metric('recorder_windows')).toBeGreaterThanOrEqual(1);
    const end = exporter;
    exporter = undefined;
    expect(await end.stop()).toBe(0);
    const before = files();
    expect(before.length).toBeGreaterThanOrEqual(2);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    const sums = recorded();
    const [twice, once] = [sums.get('burn_twice') ?? 0, sums.get('burn_once') ?? 0];
    expect(twice + once).toBeGreaterThan(0.7 * 49 * 9);
    expect(twice / (twice + once)).toBeGreaterThan(0.58);
    expect(twice / (twice + once)).toBeLessThan(0.75);

    exporter = await startExporter({ config: config() });
    expect(await metric('recorder_windows')).toBe(before.length);
    expect(files()).toEqual(expect.arrayContaining(before));
  });

  test('names the functions that threads waited in: as files, recorded, and on the page', async () => {
    const name = 'gt-waits';
    const sleeping = new SleepingProgram(name);
    try {
      exporter = await startExporter({
        config: `${configFor('off_cpu')}flight_recorder: { path: "${state}" }\n`,
        patience: 30_000,
      });
      const fresh = exporter.get(`/debug/pprof/fgprof?seconds=10&command=${name}&format=folded`);
      await delay(1000);
      // The time of all naps; the exporter sees the program while it lives.
      const slept = await sleeping.sleep(600, 10);
      const recent = `command=${name}&window=5m`;
      const answers = [await fresh, await exporter.get(`/debug/pprof/fgprof?${recent}&format=folded`)];
      for (const answer of answers) {
        const sum = (part: string) =>
          answer
            .split('\n')
            .filter((line) => line.includes(part))
            .reduce((total, line) => total + Number(line.split(' ').at(-1)) / 1e6, 0);
        const [twice, once] = [sum('naps;nap_twice;'), sum('naps;nap_once;')];
        expect(twice + once).toBeGreaterThan(0.95 * slept.milliseconds);
        expect(twice + once).toBeLessThan(slept.milliseconds);
        expect(twice / (twice + once)).toBeGreaterThan(0.63);
        expect(twice / (twice + once)).toBeLessThan(0.7);
        expect(answer).toMatch(/nap_twice;.*hrtimer_nanosleep_\[k\]/);
      }
      const page = await exporter.get(`/flamegraph?kind=offcpu&${recent}`);
      expect(page).toContain('nap_twice');
      await exporter.stop();
      exporter = undefined;
      expect(files().some((file) => file.startsWith('offcpu-'))).toBe(true);
      expect(files().some((file) => file.startsWith('cpu-'))).toBe(false);
    } finally {
      sleeping.remove();
    }
  });

  test('a reload switches it on and off', async () => {
    exporter = await startExporter({ config: configFor('profile') });
    expect(await metric('recorder_windows')).toBeUndefined();
    expect(readdirSync(state)).toEqual([]);
    exporter.write({ 'santabpf.yaml': config() });
    exporter.process.kill('SIGHUP');
    await exporter.logged('The configuration was reloaded');
    expect(await metric('recorder_windows')).toBe(0);
    await delay(1000);
    exporter.write({ 'santabpf.yaml': configFor('profile') });
    const { length } = exporter.entries();
    exporter.process.kill('SIGHUP');
    await exporter.logged('The configuration was reloaded', length);
    expect(await metric('recorder_windows')).toBeUndefined();
    expect(files()).toHaveLength(1);
  });
});
