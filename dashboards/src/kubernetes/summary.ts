import { band, type Section } from '../grid.js';
import { stat, steps } from '../panels/index.js';
import { orZero } from '../query.js';
import { unit } from '../units.js';
import { counts, rates } from './quantities.js';

export const summary: Section = {
  title: 'Summary',
  bands: [
    band(
      5,
      [
        4,
        stat({
          title: 'Active pods',
          description: 'Pods that used a CPU lately.',
          expr: orZero('cpu_seconds', `count(${rates.cpu('namespace, pod')} > 0)`),
          unit: unit.number,
        }),
      ],
      [
        5,
        stat({
          title: 'CPUs in use by pods',
          description: 'Average number of CPUs that pods keep busy, all selected hosts together.',
          expr: orZero('cpu_seconds', rates.cpu('')),
          unit: unit.number,
          decimals: 2,
          details: 'santabpf-cpu',
        }),
      ],
      [
        5,
        stat({
          title: 'Failed connections',
          description: 'TCP connection attempts of pods per second that failed.',
          expr: orZero('tcp', rates.failed('')),
          unit: unit.perSecond,
          steps: [[1, 'orange']],
          details: 'santabpf-network',
        }),
      ],
      [
        5,
        stat({
          title: 'OOM kills',
          description: 'Processes of pods that the OOM killer ended in the time range.',
          expr: orZero('oom_kills', counts.killed('')),
          unit: unit.number,
          decimals: 0,
          steps: steps.expectNone,
          details: 'santabpf-memory',
        }),
      ],
      [
        5,
        stat({
          title: 'Permission denials',
          description: 'System calls of pods per second that failed with EACCES or EPERM.',
          expr: orZero('syscalls', rates.denied('')),
          unit: unit.perSecond,
          steps: [[10, 'orange']],
          details: 'santabpf-security',
        }),
      ],
    ),
  ],
};
