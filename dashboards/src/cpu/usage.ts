import { band, type Section } from '../grid.js';
import { column, lines, stat, table } from '../panels/index.js';
import { average, ofTop, orZero, rate, select, who, whose } from '../query.js';
import { unit } from '../units.js';
import { runnableTasks, runQueueLatency } from './run_queue.js';

const cpuSeconds = 'santabpf_cpu_seconds_total';

/** The profiler samples each CPU this often: a sample is 1/99 s of one CPU. */
const SAMPLES_PER_SECOND = 99;
const samples = 'santabpf_profile_samples_total';
const idleSamples = 'santabpf_profile_idle_samples_total';

/** CPUs in use, by labels. */
export const cpusInUse = (by: string) => rate(cpuSeconds, by);

/** Share of all CPU time that was busy, by host. */
export const busyShare = `clamp_max(${rate(cpuSeconds, 'instance')} / sum by (instance) (${select('santabpf_cpus_online')}), 1)`;

const averageCpus = average(cpuSeconds, who);

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
          expr: orZero('cpu_seconds', cpusInUse('')),
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
          title: `CPUs in use by ${who}`,
          description: `The ten ${whose} that used the most CPU time in the time range. 1 is one CPU that is always busy.`,
          queries: [{ expr: ofTop(10, cpuSeconds, who, cpusInUse(who)), legend: '{{identity}}' }],
          unit: unit.number,
          style: 'stacked',
          runbooks: ['cpu_high'],
        }),
      ],
      [
        10,
        table({
          title: `Top ${whose} by CPU`,
          description: `Averages over the time range. Share is relative to the CPU time of all ${whose}. Kernel is the share of the command that was spent in the kernel, by probe profile.`,
          labels: ['identity'],
          columns: [
            column.number('CPUs', `topk(20, ${averageCpus})`, 3),
            column.share('Share', `topk(20, ${averageCpus}) / scalar(sum(${averageCpus}))`, 1),
            column.share(
              'Kernel',
              `${average(samples, who, 'mode="kernel"')} / (${average(samples, who)} > 0) and on (${who}) topk(20, ${averageCpus})`,
            ),
          ],
          runbooks: ['cpu_high'],
        }),
      ],
    ),
    band(8, [
      24,
      table({
        title: 'Hottest functions',
        description:
          'Share of the CPU samples of the last minute that were taken in the function itself, by the flight recorder; the five largest of each host.',
        labels: ['instance', 'command', 'function'],
        columns: [
          column.share(
            'Samples',
            `sum by (instance, command, function) (${select('santabpf_profile_function_cpu_ratio')})`,
          ),
        ],
        absent: 'The flight recorder is off',
        runbooks: ['cpu_high'],
      }),
    ]),
    band(
      8,
      [
        12,
        lines({
          title: 'CPUs by mode',
          description: 'CPUs in programs (user), in the kernel (kernel), and without work (idle).',
          queries: [
            { expr: `${rate(samples, 'mode')} / ${SAMPLES_PER_SECOND}`, legend: '{{mode}}' },
            { expr: `${rate(idleSamples, '')} / ${SAMPLES_PER_SECOND}`, legend: 'idle' },
          ],
          unit: unit.number,
          style: 'stacked',
        }),
      ],
      [
        12,
        lines({
          title: 'CPU usage by host',
          description: 'Share of the time of all CPUs of a host that was busy.',
          queries: [{ expr: busyShare, legend: '{{instance}}' }],
          unit: unit.share,
          max: 1,
        }),
      ],
    ),
  ],
};
