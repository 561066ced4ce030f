import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { average, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';

const processes = 'santabpf_short_lived_processes_total';
const cpuTime = 'santabpf_short_lived_cpu_seconds_total';

const by = `${who}, parent, user`;
const topCpu = `topk(20, ${average(cpuTime, by)} > 0)`;
const noShortLived = 'No process lived less than a second';

export const shortLived: Section = {
  title: 'Short-lived processes',
  collapsed: true,
  bands: [
    band(
      9,
      [
        8,
        lines({
          title: 'CPUs used by short-lived processes',
          description: `The ten ${whose} that used the most CPU time in processes that lived less than a second. Process lists such as top rarely show them.`,
          queries: [{ expr: topRate(cpuTime, who), legend: '{{identity}}' }],
          unit: unit.number,
          style: 'stacked',
          nothing: noShortLived,
          runbooks: ['short_lived_jobs'],
        }),
      ],
      [
        16,
        table({
          title: `Short-lived processes by ${who}`,
          description: `Averages over the time range, by ${who}, command of the parent, and real user.`,
          labels: ['identity', 'parent', 'user'],
          columns: [
            column.number('CPUs', topCpu, 3),
            column.perSecond('Processes', `${average(processes, by)} and ${topCpu}`),
            column.seconds('CPU time each', `${topCpu} / (${average(processes, by)} > 0)`),
          ],
          nothing: noShortLived,
          runbooks: ['short_lived_jobs'],
        }),
      ],
    ),
  ],
};
