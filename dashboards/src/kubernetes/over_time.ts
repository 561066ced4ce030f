import { band, type Section } from '../grid.js';
import { lines } from '../panels/index.js';
import { unit } from '../units.js';
import { counts, rates } from './quantities.js';
import { noPods } from './tables.js';
import { byWorkload } from './workload.js';

const legend = '{{namespace}} / {{workload}}';
/** The ten workloads with the highest value at the end of the time range, at every point. */
const top = (of: (by: string) => string) => {
  const all = byWorkload(of('namespace, pod'));
  return `${all} and on (namespace, workload) topk(10, avg_over_time((${all})[$__range:$__rate_interval] @ end()))`;
};

export const overTime: Section = {
  title: 'Workloads over time',
  bands: [
    band(
      9,
      [
        12,
        lines({
          title: 'CPUs in use by workload',
          description: 'The ten workloads that used the most CPU time in the time range.',
          queries: [{ expr: top(rates.cpu), legend }],
          unit: unit.number,
          style: 'stacked',
          nothing: noPods,
        }),
      ],
      [
        12,
        lines({
          title: 'Bytes read and written by workload',
          description:
            'The ten workloads that read and wrote most in the time range, from cache or disk, on files or sockets.',
          queries: [{ expr: top(rates.bytes), legend }],
          unit: unit.bytesPerSecond,
          style: 'stacked',
          nothing: 'No reads or writes of pods',
        }),
      ],
    ),
  ],
};

export const trouble: Section = {
  title: 'Trouble by pod',
  collapsed: true,
  bands: [
    band(
      8,
      [
        8,
        lines({
          title: 'Failed connections by pod',
          description: 'TCP connection attempts per second that failed.',
          queries: [{ expr: `${rates.failed('namespace, pod')} > 0`, legend: '{{namespace}} / {{pod}}' }],
          unit: unit.perSecond,
          style: 'bars',
          nothing: 'No failed connections of pods',
          runbooks: ['tcp_trouble'],
        }),
      ],
      [
        8,
        lines({
          title: 'OOM kills by pod',
          description: 'Processes killed per interval of the graph.',
          queries: [
            { expr: `${counts.killed('namespace, pod', '$__rate_interval')} > 0`, legend: '{{namespace}} / {{pod}}' },
          ],
          unit: unit.count,
          style: 'bars',
          nothing: 'No OOM kills of pods',
          runbooks: ['memory_exhausted'],
        }),
      ],
      [
        8,
        lines({
          title: 'Failed exits by pod',
          description: 'Main processes of containers that ended with an error code, per interval of the graph.',
          queries: [
            { expr: `${counts.exited('namespace, pod', '$__rate_interval')} > 0`, legend: '{{namespace}} / {{pod}}' },
          ],
          unit: unit.count,
          style: 'bars',
          nothing: 'No failed exits of pods',
          runbooks: ['crash_loop'],
        }),
      ],
    ),
  ],
};
