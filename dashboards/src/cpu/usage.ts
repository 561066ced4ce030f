import { band, type Section } from '../grid.js';
import { column, lines, stat, table } from '../panels/index.js';
import { average, ofTop, orZero, rate } from '../query.js';
import { unit } from '../units.js';
import { runnableTasks, runQueueLatency } from './run_queue.js';

/** The profiler samples each CPU this often: a sample is 1/99 s of one CPU. */
const SAMPLES_PER_SECOND = 99;
const samples = 'santabpf_profile_samples_total';
const idleSamples = 'santabpf_profile_idle_samples_total';

/** CPUs in use, by labels. */
export const cpusInUse = (by: string) => `${rate(samples, by)} / ${SAMPLES_PER_SECOND}`;

/** Share of all CPU time that was busy, by labels; also where a CPU was never idle or never busy. */
export function busyShare(by: string): string {
  const zero = (metric: string, other: string) => `(${rate(metric, by)} or 0 * ${rate(other, by)})`;
  const busy = zero(samples, idleSamples);
  return `${busy} / (${busy} + ${zero(idleSamples, samples)})`;
}

const averageCpus = (...matchers: string[]) => `${average(samples, 'command', ...matchers)} / ${SAMPLES_PER_SECOND}`;

export const usage: Section = {
  title: 'CPU usage',
  bands: [
    band(
      5,
      [
        6,
        stat({
          title: 'CPUs in use',
          description: 'Average number of busy CPUs, all selected hosts together.',
          expr: orZero('profile', cpusInUse('')),
          unit: unit.number,
          decimals: 2,
        }),
      ],
      [
        6,
        stat({
          title: 'CPU time in the kernel',
          description:
            'Share of the busy CPU time that was spent in the kernel. More than half points to I/O, memory management or many small system calls.',
          expr: `${rate(samples, '', 'mode="kernel"')} / ${rate(samples, '')}`,
          unit: unit.share,
          decimals: 0,
        }),
      ],
      [6, stat(runQueueLatency)],
      [6, stat(runnableTasks)],
    ),
    band(
      10,
      [
        14,
        lines({
          title: 'CPUs in use by command',
          description:
            'The ten commands that used the most CPU time in the time range. 1 is one CPU that is always busy.',
          queries: [{ expr: ofTop(10, samples, 'command', cpusInUse('command')), legend: '{{command}}' }],
          unit: unit.number,
          style: 'stacked',
          runbooks: ['cpu_high'],
        }),
      ],
      [
        10,
        table({
          title: 'Commands by CPU',
          description:
            'Averages over the time range. Share is relative to the CPU time of all commands. Kernel is the share of the command that was spent in the kernel.',
          labels: ['command'],
          columns: [
            column.number('CPUs', `topk(20, ${averageCpus()})`, 3),
            column.share('Share', `topk(20, ${averageCpus()}) / scalar(sum(${averageCpus()}))`, 1),
            column.share('Kernel', `${averageCpus('mode="kernel"')} / (topk(20, ${averageCpus()}) > 0)`),
          ],
          runbooks: ['cpu_high'],
        }),
      ],
    ),
    band(
      8,
      [
        12,
        lines({
          title: 'CPUs in use by mode',
          description: 'CPUs busy in programs (user) and in the kernel on behalf of programs (kernel).',
          queries: [{ expr: cpusInUse('mode'), legend: '{{mode}}' }],
          unit: unit.number,
          style: 'stacked',
        }),
      ],
      [
        12,
        lines({
          title: 'CPU usage by host',
          description: 'Share of the time of all CPUs of a host that was busy.',
          queries: [{ expr: busyShare('instance'), legend: '{{instance}}' }],
          unit: unit.share,
          max: 1,
        }),
      ],
    ),
  ],
};
