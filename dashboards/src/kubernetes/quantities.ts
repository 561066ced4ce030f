import { type Column, column } from '../panels/index.js';
import { average, increase, rate } from '../query.js';

/** The series of pods: the others have no namespace. */
export const ofPods = 'pod!=""';

const cpu = 'santabpf_cpu_seconds_total';
const bytes = 'santabpf_read_write_bytes_total';
const opened = 'santabpf_tcp_connections_opened_total';
const failed = 'santabpf_tcp_connect_failures_total';
const denied = 'santabpf_refused_syscalls_total';
const killed = 'santabpf_oom_kills_total';
const exited = 'santabpf_service_exits_total';

/** What graphs show over time. */
export const rates = {
  cpu: (by: string) => rate(cpu, by, ofPods),
  bytes: (by: string) => rate(bytes, by, ofPods),
  opened: (by: string) => rate(opened, by, ofPods),
  failed: (by: string) => rate(failed, by, ofPods),
  denied: (by: string) => rate(denied, by, ofPods, 'errno=~"EACCES|EPERM"', 'syscall!="epoll_ctl"'),
};

/** Events of the time range. */
export const counts = {
  killed: (by: string, range = '$__range') => increase(killed, by, range, ofPods),
  exited: (by: string, range = '$__range') => increase(exited, by, range, ofPods, 'code!="0"'),
};

/**
 * What tables show of a namespace, workload or pod: averages and counts of the time range. Rows are those that used a CPU.
 * @param grouped sums a query by the labels of the table
 */
export function columnsFor(grouped: (of: (by: string) => string) => string): Column[] {
  return [
    column.number(
      'CPUs',
      grouped((by) => average(cpu, by, ofPods)),
      3,
    ),
    column.bytesPerSecond(
      'Bytes',
      grouped((by) => average(bytes, by, ofPods)),
    ),
    column.perSecond(
      'Connections',
      grouped((by) => average(opened, by, ofPods)),
    ),
    column.perSecond(
      'Failed',
      grouped((by) => average(failed, by, ofPods)),
    ),
    column.count(
      'OOM kills',
      grouped((by) => counts.killed(by)),
      [[1, 'red']],
    ),
    column.count(
      'Failed exits',
      grouped((by) => counts.exited(by)),
      [[1, 'orange']],
    ),
  ];
}
