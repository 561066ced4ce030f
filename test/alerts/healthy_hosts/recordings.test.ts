import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository, stems } from '../rule_files.js';
import { lengthened } from './lengthened.js';
import { reached } from './reached.js';
import { type Recording, read } from './recording.mjs';

const folder = 'test/alerts/healthy_hosts/recordings';
const recording = (name: string) => read(join(repository, folder, `${name}.json.gz`));

/** If a recording reached less, silence would prove nothing. */
describe('the recorded hosts are as busy as they claim', () => {
  test('build: at least 95 % of the CPU time in use, much of it by short-lived compilers', () => {
    const { busy, shortLived } = reached(recording('build'));
    expect(busy).toBeGreaterThan(0.95);
    expect(shortLived).toBeGreaterThan(0.1);
  });

  test('database: a p99 of at least 100 ms for writes at a checkpoint', () => {
    expect(reached(recording('database')).slowestWrites).toBeGreaterThan(0.1);
  });

  test('containers: two throttled in at least a quarter of their periods, on a host that is not busy', () => {
    const { busy, throttled } = reached(recording('containers'));
    expect([...throttled.values()].filter((share) => share >= 0.25).length).toBeGreaterThanOrEqual(2);
    expect(busy).toBeLessThan(0.65);
  });

  test('idle: at most a tenth of the CPU time in use', () => {
    expect(reached(recording('idle')).busy).toBeLessThan(0.1);
  });

  test.each(stems(folder, '.json.gz'))('%s lasts six minutes and says what it is', (name) => {
    const { interval, scrapes, story, kernel, cpus, series } = recording(name);
    expect(interval * (scrapes - 1)).toBeGreaterThanOrEqual(360);
    expect(story).toMatch(/\w+ \w+/);
    expect(kernel).toMatch(/^\d+\.\d+/);
    expect(cpus).toBeGreaterThan(0);
    expect(Object.keys(series).length).toBeGreaterThan(500);
  });
});

describe('a lengthened recording', () => {
  const of = (series: Recording['series']): Recording => ({
    ...{ story: '', kernel: '', cpus: 1, interval: 15, scrapes: 3, gauges: ['load'] },
    series,
  });

  test('repeats the increments of a counter and the values of a gauge', () => {
    const series = lengthened([{ recording: of({ events_total: [10, 11, 14], load: [1, 2, 3] }), minutes: 1.5 }]);
    expect(series.get('events_total')).toEqual([10, 11, 14, 15, 18, 19]);
    expect(series.get('load')).toEqual([1, 2, 3, 2, 3, 2]);
  });

  test('goes on with the next load where the last one ended', () => {
    const phase = (series: Recording['series']) => ({ recording: of(series), minutes: 0.75 });
    const series = lengthened([
      phase({ events_total: [10, 11, 14] }),
      phase({ events_total: [100, 102, 103], new_total: [null, 5, 6] }),
    ]);
    expect(series.get('events_total')).toEqual([10, 11, 14, 14, 16, 17]);
    expect(series.get('new_total')).toEqual([null, null, null, null, 5, 6]);
  });

  test('counts from 0 what restarted or is back', () => {
    const series = lengthened([
      { recording: of({ events_total: [10, 2, 3], back_total: [7, null, 4] }), minutes: 0.75 },
    ]);
    expect(series.get('events_total')).toEqual([10, 12, 13]);
    expect(series.get('back_total')).toEqual([7, 7, 11]);
  });
});
