/** What the page shows of the host, from metrics of shipped probes. Names are without the prefix. */

/** A top list: who does most of it now. */
export interface PanelSpec {
  readonly id: string;
  readonly title: string;
  readonly probe: string;
  /** Counters; several are added up. */
  readonly metrics: readonly string[];
  /** Labels that do not say who: series that differ in them alone are one row. */
  readonly without: readonly string[];
  readonly unit: 'CPUs' | 'bytes' | 'count';
  /** Rows can be looked at in the flame graph. */
  readonly hasFlames?: true;
}

export const PANELS: readonly PanelSpec[] = [
  {
    id: 'cpu',
    title: 'CPU time (100 % is one CPU)',
    probe: 'cpu_seconds',
    metrics: ['cpu_seconds_total'],
    without: [],
    unit: 'CPUs',
    hasFlames: true,
  },
  {
    id: 'io',
    title: 'Bytes read and written',
    probe: 'reads_writes',
    metrics: ['read_write_bytes_total'],
    without: ['operation'],
    unit: 'bytes',
  },
  {
    id: 'disk',
    title: 'Bytes read from disk',
    probe: 'page_cache',
    metrics: ['disk_read_bytes_total'],
    without: ['cause'],
    unit: 'bytes',
  },
  {
    id: 'opens',
    title: 'Files opened',
    probe: 'opens',
    metrics: ['file_opens_total'],
    without: [],
    unit: 'count',
  },
  {
    id: 'failures',
    title: 'Failed system calls',
    probe: 'syscalls',
    metrics: ['syscall_errors_total'],
    without: [],
    unit: 'count',
  },
  {
    id: 'connections',
    title: 'TCP connections',
    probe: 'tcp',
    metrics: ['tcp_connections_opened_total', 'tcp_connections_accepted_total'],
    without: ['peer_port', 'local_port'],
    unit: 'count',
  },
  {
    id: 'execs',
    title: 'Programs executed',
    probe: 'execs',
    metrics: ['execs_total'],
    without: [],
    unit: 'count',
  },
];

/** A histogram of the whole host over time. */
export interface HeatmapSpec {
  readonly id: string;
  readonly title: string;
  readonly probe: string;
  readonly metric: string;
}

export const HEATMAPS: readonly HeatmapSpec[] = [
  { id: 'runqueue', title: 'Waiting for a CPU', probe: 'runqlat', metric: 'runqueue_wait_seconds' },
  { id: 'block', title: 'Block device requests', probe: 'biolatency', metric: 'block_io_duration_seconds' },
];

/** The probes that the page reads while somebody looks. */
export const LIVE_PROBES: readonly string[] = [...new Set([...PANELS, ...HEATMAPS].map(({ probe }) => probe))];
