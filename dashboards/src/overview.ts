import { busyShare } from './cpu.js';
import type { Dashboard } from './dashboard.js';
import { type Band, band, type Placeable } from './grid.js';
import { lines, runbookUrl, stat, table } from './panels/index.js';
import { increase, orZero, quantile, rate, select } from './query.js';
import { denied } from './security.js';

const alerts = 'ALERTS{alertname=~"Santa.+",instance=~"$instance|"';
const firing = `${alerts},alertstate="firing"}`;
const noExporter = 'No exporter was scraped';
const wait = 'santabpf_runqueue_wait_seconds';
const blockTime = 'santabpf_block_io_duration_seconds';
const sentAgain = `clamp_max(${rate('santabpf_tcp_segments_sent_again_total', '')} / ${rate('santabpf_tcp_segments_sent_total', '')}, 1)`;

/** Grafana puts the text of a cell in its place. */
const cellText = '$' + '{__value.raw}';

/** What counts as seen badly: every kind of loss, summed. */
const blindness = ['lost_updates', 'program_missed_runs', 'series_dropped', 'decode_errors']
  .map((name) => rate(`santabpf_${name}_total`, ''))
  .join(' + ');

/** Three numbers, and who is behind them. */
function area(first: Placeable, second: Placeable, third: Placeable, culprits: Placeable): Band {
  return band(6, [5, first], [5, second], [5, third], [9, culprits]);
}

/** The five values of a label with most in the last interval. */
const topNow = (metric: string, by: string) => `topk(5, ${rate(metric, by)} > 0)`;

export const overview: Dashboard = {
  uid: 'santabpf-overview',
  title: 'What is wrong now',
  description: 'Alerts first, then one row per area: few numbers, who is behind them, and the way down.',
  sections: [
    {
      title: 'Alerts, and whether the watcher sees',
      bands: [
        band(
          4,
          [
            4,
            stat({
              title: 'Firing',
              description: 'Alerts of SantaBPF that fire.',
              expr: `count(${firing}) or 0 * count(${select('santabpf_build_info')})`,
              unit: 'none',
              steps: [[1, 'red']],
              noValue: noExporter,
            }),
          ],
          [
            4,
            stat({
              title: 'Pending',
              description: 'Alerts that will fire if it goes on.',
              expr: `count(${alerts},alertstate="pending"}) or 0 * count(${select('santabpf_build_info')})`,
              unit: 'none',
              steps: [[1, 'orange']],
              noValue: noExporter,
            }),
          ],
          [
            4,
            stat({
              title: 'Hosts',
              description: 'Hosts that were scraped.',
              expr: `count(${select('santabpf_build_info')})`,
              unit: 'none',
              noValue: noExporter,
              down: 'santabpf-exporter',
            }),
          ],
          [
            4,
            stat({
              title: 'Hosts unseen',
              runbooks: ['watcher_blind'],
              description: 'Targets that Prometheus cannot scrape: nothing is known about these hosts.',
              expr: `sum(${select('up')} == bool 0)`,
              unit: 'none',
              steps: [[1, 'red']],
              noValue: noExporter,
              down: 'santabpf-exporter',
            }),
          ],
          [
            4,
            stat({
              title: 'Probes down',
              description: 'Probes that are configured but not attached: their panels are empty.',
              expr: `sum(${select('santabpf_probe_up')} == bool 0)`,
              unit: 'none',
              steps: [[1, 'red']],
              noValue: noExporter,
              down: 'santabpf-exporter',
            }),
          ],
          [
            4,
            stat({
              title: 'Not seen',
              runbooks: ['watcher_blind'],
              description: 'Updates lost, runs missed, series dropped and entries not decoded per second.',
              expr: blindness,
              unit: 'cps',
              steps: [[0.001, 'orange']],
              noValue: noExporter,
              down: 'santabpf-exporter',
            }),
          ],
        ),
        band(
          8,
          [
            16,
            table({
              title: 'Alerts',
              description:
                'Alerts that fire or are about to. Their notifications name the culprits; the scenario links to its runbook.',
              widths: { Alert: 220, State: 80, Severity: 90, Scenario: 180 },
              cellLinks: { Scenario: { title: 'What to do', url: runbookUrl(cellText) } },
              labels: {
                alertname: 'Alert',
                alertstate: 'State',
                severity: 'Severity',
                scenario: 'Scenario',
                instance: 'Host',
              },
              columns: [
                {
                  title: 'Alerts',
                  expr: `count by (alertname, alertstate, severity, scenario, instance) (${alerts}})`,
                  unit: 'none',
                },
              ],
              noValue: 'No alert is firing or pending',
            }),
          ],
          [
            8,
            lines({
              title: 'Firing over time',
              runbooks: ['anomaly_against_past'],
              description: 'How many of each alert fired.',
              queries: [{ expr: `count by (alertname) (${firing})`, legend: '{{alertname}}' }],
              unit: 'none',
              style: 'bars',
              noValue: 'No alert fired',
            }),
          ],
        ),
      ],
    },
    {
      title: 'CPU and scheduling',
      bands: [
        area(
          stat({
            title: 'Busiest host',
            description: 'Part of the time of all its CPUs in which the busiest of the chosen hosts was busy.',
            expr: `max(${busyShare('instance')})`,
            unit: 'percentunit',
            decimals: 0,
            steps: [
              [0.8, 'orange'],
              [0.95, 'red'],
            ],
            noValue: 'The probe profile is not up',
            down: 'santabpf-cpu',
          }),
          stat({
            title: 'Wait for a CPU, p99',
            description: 'One wait in a hundred was at least this long, on the worst of the chosen hosts.',
            expr: `max(${quantile(0.99, wait, 'instance')})`,
            unit: 's',
            steps: [
              [0.01, 'orange'],
              [0.1, 'red'],
            ],
            noValue: 'The probe runqlat is not up',
            down: 'santabpf-cpu',
          }),
          stat({
            title: 'Tasks waiting',
            description: 'Tasks that wanted a CPU and had none, on average: so many CPUs are missing.',
            expr: `sum(rate(${select(`${wait}_sum`)}[$__rate_interval]))`,
            unit: 'none',
            decimals: 2,
            noValue: 'The probe runqlat is not up',
            down: 'santabpf-cpu',
          }),
          table({
            title: 'Who uses the CPUs',
            description: 'Commands by CPUs in use, now.',
            labels: { command: 'Command', instance: 'Host' },
            columns: [
              {
                title: 'CPUs',
                expr: `topk(5, ${rate('santabpf_profile_samples_total', 'command, instance')} / 99 > 0)`,
                unit: 'none',
                decimals: 3,
              },
            ],
            noValue: 'All CPUs are idle, or the probe profile is not up',
            down: 'santabpf-cpu',
          }),
        ),
      ],
    },
    {
      title: 'Processes and system calls',
      bands: [
        area(
          stat({
            title: 'Executions',
            description: 'Programs executed per second.',
            expr: orZero('execs', rate('santabpf_execs_total', '')),
            unit: 'cps',
            noValue: 'The probe execs is not up',
            down: 'santabpf-processes',
          }),
          stat({
            title: 'Killed by a signal',
            description: 'Processes that a signal ended in the shown time.',
            expr: orZero('exits', increase('santabpf_process_kills_total', '')),
            unit: 'none',
            decimals: 0,
            noValue: 'The probe exits is not up',
            down: 'santabpf-processes',
          }),
          stat({
            title: 'Tasks that hang',
            runbooks: ['blocked_tasks'],
            description: 'Tasks in uninterruptible sleep (D) for longer than ten seconds.',
            expr: orZero('blocked_tasks', `sum(${select('santabpf_blocked_tasks')})`),
            unit: 'none',
            steps: [[1, 'red']],
            noValue: 'The probe blocked_tasks is not up',
            down: 'santabpf-processes',
          }),
          table({
            title: 'Who makes processes',
            description: 'Commands by processes and threads made per second, now.',
            labels: { command: 'Command', instance: 'Host' },
            columns: [{ title: 'Forks', expr: topNow('santabpf_forks_total', 'command, instance'), unit: 'cps' }],
            noValue: 'No processes are made, or the probe forks is not up',
            down: 'santabpf-processes',
          }),
        ),
      ],
    },
    {
      title: 'Files and block I/O',
      bands: [
        area(
          stat({
            title: 'Opens that fail',
            description: 'Opens per second that returned an error other than ENOENT.',
            expr: orZero('opens', rate('santabpf_file_open_failures_total', '', 'errno!="ENOENT"')),
            unit: 'cps',
            noValue: 'The probe opens is not up',
            down: 'santabpf-files-io',
          }),
          stat({
            title: 'Slowest disk, p99',
            description: 'One request in a hundred took at least this long, on the slowest disk.',
            expr: `max(${quantile(0.99, blockTime, 'instance, device')})`,
            unit: 's',
            steps: [
              [0.05, 'orange'],
              [0.5, 'red'],
            ],
            noValue: 'The disks are idle, or the probe biolatency is not up',
            down: 'santabpf-files-io',
          }),
          stat({
            title: 'Disk errors',
            description: 'Requests that a disk failed in the shown time. One is one too many.',
            expr: orZero('biolatency', increase('santabpf_block_io_errors_total', '')),
            unit: 'none',
            decimals: 0,
            steps: [[1, 'red']],
            noValue: 'The probe biolatency is not up',
            down: 'santabpf-files-io',
          }),
          table({
            title: 'Who reads and writes',
            description: 'Commands by bytes per second, now.',
            labels: { command: 'Command', instance: 'Host' },
            columns: [
              { title: 'Bytes', expr: topNow('santabpf_read_write_bytes_total', 'command, instance'), unit: 'Bps' },
            ],
            noValue: 'Nothing is read or written, or the probe reads_writes is not up',
            down: 'santabpf-files-io',
          }),
        ),
      ],
    },
    {
      title: 'Memory',
      bands: [
        area(
          stat({
            title: 'OOM kills',
            description:
              'Processes that the kernel killed in the shown time because a cgroup, or the host, had no memory left.',
            expr: orZero('oom_kills', increase('santabpf_oom_kills_total', '')),
            unit: 'none',
            decimals: 0,
            steps: [[1, 'red']],
            noValue: 'The probe oom_kills is not up',
            down: 'santabpf-memory',
          }),
          stat({
            title: 'Tasks that stand still',
            description: 'Tasks that, on average, do nothing but make room in memory.',
            expr: orZero('memory_reclaim', rate('santabpf_memory_reclaim_stall_seconds_total', '')),
            unit: 'none',
            decimals: 2,
            steps: [
              [0.25, 'orange'],
              [0.5, 'red'],
            ],
            noValue: 'The probe memory_reclaim is not up',
            down: 'santabpf-memory',
          }),
          stat({
            title: 'Making room, p99',
            description:
              'One time in a hundred, making room in memory took at least this long, on the worst of the chosen hosts.',
            expr: `max(${quantile(0.99, 'santabpf_memory_reclaim_duration_seconds', 'instance')})`,
            unit: 's',
            steps: [
              [0.01, 'orange'],
              [0.1, 'red'],
            ],
            noValue: 'Nobody had to make room, or the probe memory_reclaim is not up',
            down: 'santabpf-memory',
          }),
          table({
            title: 'Who stands still for want of memory',
            description: 'Commands by the tasks of theirs that stand still, on average, now.',
            labels: { command: 'Command', cgroup: 'Cgroup', instance: 'Host' },
            columns: [
              {
                title: 'Tasks',
                expr: topNow('santabpf_memory_reclaim_stall_seconds_total', 'command, cgroup, instance'),
                unit: 'none',
                decimals: 3,
              },
            ],
            noValue: 'Nobody has to make room, or the probe memory_reclaim is not up',
            down: 'santabpf-memory',
          }),
        ),
      ],
    },
    {
      title: 'Network',
      bands: [
        area(
          stat({
            title: 'Failed to connect',
            description: 'Attempts per second that came to nothing.',
            expr: orZero('tcp', rate('santabpf_tcp_connect_failures_total', '')),
            unit: 'cps',
            steps: [[1, 'orange']],
            noValue: 'The probe tcp is not up',
            down: 'santabpf-network',
          }),
          stat({
            title: 'Sent again',
            description: 'Share of the TCP segments that had been sent before. Up to 2 % is usual on the Internet.',
            expr: orZero('tcp_segments', sentAgain),
            unit: 'percentunit',
            steps: [[0.05, 'orange']],
            noValue: 'The probe tcp_segments is not up',
            down: 'santabpf-network',
          }),
          stat({
            title: 'Full queues',
            description: 'Servers whose queue of connections is full: they turn clients away.',
            expr: orZero('accept_queue', `sum(${select('santabpf_listen_queues_full')})`),
            unit: 'short',
            steps: [[1, 'red']],
            noValue: 'The probe accept_queue is not up',
            down: 'santabpf-network',
          }),
          table({
            title: 'Who connects',
            description: 'Commands by connections opened per second, now.',
            labels: { command: 'Command', instance: 'Host' },
            columns: [
              {
                title: 'Opened',
                expr: topNow('santabpf_tcp_connections_opened_total', 'command, instance'),
                unit: 'cps',
              },
            ],
            noValue: 'Nobody connects, or the probe tcp is not up',
            down: 'santabpf-network',
          }),
        ),
      ],
    },
    {
      title: 'Security',
      bands: [
        area(
          stat({
            title: 'Root out of nothing',
            description:
              'Processes that got the rights of root in the shown time though no program gave them: a hole in the kernel.',
            expr: orZero(
              'privileges',
              increase('santabpf_privilege_gains_total', '', '$__range', 'way="without_exec"'),
            ),
            unit: 'none',
            decimals: 0,
            steps: [[1, 'red']],
            noValue: 'The probe privileges is not up',
            down: 'santabpf-security',
          }),
          stat({
            title: 'Loaded into the kernel',
            description: 'Modules and BPF programs loaded in the shown time.',
            expr: orZero('kernel_changes', increase('santabpf_kernel_changes_total', '')),
            unit: 'none',
            decimals: 0,
            noValue: 'The probe kernel_changes is not up',
            down: 'santabpf-security',
          }),
          stat({
            title: 'Refused calls',
            description: 'System calls per second that were refused for lack of rights.',
            expr: orZero('syscalls', rate('santabpf_refused_syscalls_total', '', ...denied)),
            unit: 'cps',
            steps: [[10, 'orange']],
            noValue: 'The probe syscalls is not up',
            down: 'santabpf-security',
          }),
          table({
            title: 'Who became root',
            description: 'Commands that gave somebody the rights of root in the shown time, sudo and su among them.',
            labels: { command: 'Command', user: 'User', instance: 'Host' },
            columns: [
              {
                title: 'Times',
                expr: `topk(5, ${increase('santabpf_privilege_gains_total', 'command, user, instance')} > 0)`,
                unit: 'locale',
                decimals: 0,
              },
            ],
            noValue: 'Nobody became root, or the probe privileges is not up',
            down: 'santabpf-security',
          }),
        ),
      ],
    },
    {
      title: 'The exporter itself',
      bands: [
        area(
          stat({
            title: 'Cost of the programs',
            description: 'Part of one CPU that the programs take in the kernel, on the host where they take most.',
            expr: `max(${rate('santabpf_program_run_seconds_total', 'instance')})`,
            unit: 'percentunit',
            decimals: 2,
            steps: [
              [0.05, 'orange'],
              [0.1, 'red'],
            ],
            noValue: noExporter,
            down: 'santabpf-exporter',
          }),
          stat({
            title: 'Slowest scrape',
            description: 'As Prometheus saw it.',
            expr: `max(${select('scrape_duration_seconds')})`,
            unit: 's',
            steps: [
              [1, 'orange'],
              [5, 'red'],
            ],
            noValue: noExporter,
            down: 'santabpf-exporter',
          }),
          stat({
            title: 'Fullest map',
            description: 'Entries over the room for them. A full map sums up what comes next as "other".',
            expr: `max(${select('santabpf_map_entries')} / ${select('santabpf_map_max_entries')})`,
            unit: 'percentunit',
            decimals: 0,
            steps: [
              [0.8, 'orange'],
              [0.95, 'red'],
            ],
            noValue: noExporter,
            down: 'santabpf-exporter',
          }),
          table({
            title: 'Which probe costs most',
            description: 'Part of one CPU, now.',
            labels: { probe: 'Probe', instance: 'Host' },
            columns: [
              {
                title: 'Cost',
                expr: topNow('santabpf_program_run_seconds_total', 'probe, instance'),
                unit: 'percentunit',
                decimals: 3,
              },
            ],
            noValue: noExporter,
            down: 'santabpf-exporter',
          }),
        ),
      ],
    },
  ],
};
