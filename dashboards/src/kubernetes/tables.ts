import { band, type Section } from '../grid.js';
import { table } from '../panels/index.js';
import { columnsFor } from './quantities.js';
import { byWorkload } from './workload.js';

/** What there is instead of data if the exporter names no pods. */
export const noPods = 'No activity of pods';

const description =
  'CPUs in use, bytes read and written, TCP connections opened and failed per second, averages over the time range. OOM kills and exits of main processes with an error code are counts.';

const ofWorkloads = (of: (by: string) => string) => byWorkload(of('namespace, pod'));

export const namespaces: Section = {
  title: 'Namespaces',
  bands: [
    band(7, [
      24,
      table({
        title: 'Activity by namespace',
        description,
        labels: ['namespace'],
        columns: columnsFor((of) => of('namespace')),
        nothing: noPods,
      }),
    ]),
  ],
};

export const workloads: Section = {
  title: 'Workloads',
  bands: [
    band(8, [
      24,
      table({
        title: 'Activity by workload',
        description: `${description} The workload is the one that kubernetes-mixin records or, without it, the beginning of the pod's name.`,
        labels: ['namespace', 'workload'],
        columns: columnsFor(ofWorkloads),
        nothing: noPods,
      }),
    ]),
  ],
};

export const pods: Section = {
  title: 'Pods',
  bands: [
    band(10, [
      24,
      table({
        title: 'Activity by pod',
        description,
        labels: ['namespace', 'pod', 'instance'],
        columns: columnsFor((of) => of('namespace, pod, instance')),
        nothing: noPods,
      }),
    ]),
  ],
};
