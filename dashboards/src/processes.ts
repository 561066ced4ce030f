import type { Dashboard } from './dashboard.js';
import { band } from './grid.js';
import { lines, stat, table } from './panels/index.js';
import { increase, ofTop, orZero, quantile, rate, select, topRate } from './query.js';

const execs = 'santabpf_execs_total';
const commandExecs = 'santabpf_command_execs_total';
const execFailures = 'santabpf_exec_failures_total';
const forks = 'santabpf_forks_total';
const exits = 'santabpf_process_exits_total';
const kills = 'santabpf_process_kills_total';
const shortLived = 'santabpf_short_lived_processes_total';
const shortLivedCpu = 'santabpf_short_lived_cpu_seconds_total';
const calls = 'santabpf_syscalls_total';
const callErrors = 'santabpf_syscall_errors_total';
const interruptions = 'santabpf_syscall_interruptions_total';
const unnamedCalls = 'santabpf_unnamed_syscalls_total';
const callTime = 'santabpf_syscall_duration_seconds';
const unnamedCallTime = 'santabpf_unnamed_syscall_duration_seconds';

const blocked = 'santabpf_blocked_tasks';
const longestBlocked = 'santabpf_blocked_longest_seconds';

const crashes = 'signal=~"SIGSEGV|SIGABRT|SIGBUS|SIGILL|SIGFPE|SIGSYS"';
const noExecs = 'No programs were executed, or the probe execs is not up';
const noForks = 'No processes were made, or the probe forks is not up';
const noExits = 'No processes ended, or the probe exits is not up';
const noShortLived = 'No process ended in its first second, or the probe short_lived is not up';
const noCalls = 'No system calls: is the probe syscalls up?';
const noCallTime = 'The probe syscall_latency is not up; it is off unless configured';

const inShownTime = (metric: string) => `sum by (command, parent, user) (rate(${select(metric)}[$__range]))`;
const topShortLived = `topk(20, ${inShownTime(shortLivedCpu)} > 0)`;

export const processes: Dashboard = {
  uid: 'santabpf-processes',
  title: 'Processes and system calls',
  description: 'Who starts what, what ends how, and what the programs ask of the kernel.',
  sections: [
    {
      title: 'Now',
      bands: [
        band(
          5,
          [
            6,
            stat({
              title: 'Executions',
              description: 'Programs executed per second.',
              expr: orZero('execs', rate(execs, '')),
              unit: 'cps',
              noValue: noExecs,
            }),
          ],
          [
            6,
            stat({
              title: 'Forks',
              description: 'Processes and threads made per second.',
              expr: orZero('forks', rate(forks, '')),
              unit: 'cps',
              noValue: noForks,
            }),
          ],
          [
            6,
            stat({
              title: 'Crashes in the shown time',
              description: 'Processes ended by SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE or SIGSYS.',
              expr: orZero('exits', increase(kills, '', '$__range', crashes)),
              unit: 'none',
              decimals: 0,
              steps: [[1, 'red']],
              noValue: 'The probe exits is not up',
            }),
          ],
          [
            6,
            stat({
              title: 'System calls that fail',
              description:
                'Part of all system calls that returned an error. Many programs look for files that are not there: some per cent are usual.',
              expr: `${orZero('syscalls', rate(callErrors, ''))} / ${rate(calls, '')}`,
              unit: 'percentunit',
              noValue: noCalls,
            }),
          ],
        ),
      ],
    },
    {
      title: 'Programs executed',
      bands: [
        band(
          9,
          [
            8,
            lines({
              title: 'Executions by command',
              description: 'The ten commands executed most in the shown time, by the name that the process got.',
              queries: [{ expr: topRate(commandExecs, 'command'), legend: '{{command}}' }],
              unit: 'cps',
              style: 'stacked',
              noValue: noExecs,
            }),
          ],
          [
            8,
            lines({
              title: 'Executions by user',
              description: 'The ten real users that executed most.',
              queries: [{ expr: topRate(execs, 'user, uid'), legend: '{{user}} ({{uid}})' }],
              unit: 'cps',
              style: 'stacked',
              noValue: noExecs,
            }),
          ],
          [
            8,
            lines({
              title: 'Executions that failed',
              description:
                'Calls of execve that failed, by error. A shell that looks for a command along the PATH makes some ENOENT.',
              queries: [{ expr: rate(execFailures, 'errno'), legend: '{{errno}}' }],
              unit: 'cps',
              style: 'bars',
              noValue: 'No execution failed, or the probe execs is not up',
            }),
          ],
        ),
        band(
          8,
          [
            12,
            table({
              title: 'Most executed',
              description: 'Commands by how often they were executed in the shown time.',
              labels: { command: 'Command' },
              columns: [
                {
                  title: 'Executions',
                  expr: `topk(20, ${increase(commandExecs, 'command')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: noExecs,
            }),
          ],
          [
            12,
            table({
              title: 'Who makes processes',
              description:
                'Processes, threads and kernel threads made in the shown time, by the command that made them.',
              labels: { command: 'Command', kind: 'Kind' },
              columns: [
                {
                  title: 'Made',
                  expr: `topk(20, ${increase(forks, 'command, kind')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: noForks,
            }),
          ],
        ),
      ],
    },
    {
      title: 'Processes made and ended',
      bands: [
        band(
          9,
          [
            8,
            lines({
              title: 'Forks by command',
              runbooks: ['fork_storm'],
              description: 'The ten commands that made most processes and threads.',
              queries: [{ expr: topRate(forks, 'command'), legend: '{{command}}' }],
              unit: 'cps',
              style: 'stacked',
              noValue: noForks,
            }),
          ],
          [
            8,
            lines({
              title: 'Forks by kind',
              description: 'Processes, threads, and threads of the kernel.',
              queries: [{ expr: rate(forks, 'kind'), legend: '{{kind}}' }],
              unit: 'cps',
              style: 'stacked',
              noValue: noForks,
            }),
          ],
          [
            8,
            lines({
              title: 'Kills by signal',
              runbooks: ['crash_loop'],
              description:
                'Processes that a signal ended, in each interval. SIGKILL out of nothing is often the OOM killer.',
              queries: [{ expr: increase(kills, 'signal', '$__rate_interval'), legend: '{{signal}}' }],
              unit: 'short',
              style: 'bars',
              noValue: 'No process was killed, or the probe exits is not up',
            }),
          ],
        ),
        band(
          8,
          [
            8,
            lines({
              title: 'Exits by command',
              description: 'The ten commands that exited most, whatever the code.',
              queries: [{ expr: topRate(exits, 'command'), legend: '{{command}}' }],
              unit: 'cps',
              style: 'stacked',
              noValue: noExits,
            }),
          ],
          [
            8,
            table({
              title: 'Exits that are not 0',
              description:
                'Commands and exit codes in the shown time. 127: the shell did not find the command; 126: could not execute it; above 128: a signal, told by a shell.',
              labels: { command: 'Command', code: 'Code' },
              columns: [
                {
                  title: 'Exits',
                  expr: `topk(20, ${increase(exits, 'command, code', '$__range', 'code!="0"')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: 'Every process ended well, or the probe exits is not up',
            }),
          ],
          [
            8,
            table({
              title: 'Killed by a signal',
              runbooks: ['crash_loop'],
              description: 'Commands and signals in the shown time.',
              labels: { command: 'Command', signal: 'Signal' },
              columns: [
                {
                  title: 'Kills',
                  expr: `topk(20, ${increase(kills, 'command, signal')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: 'No process was killed, or the probe exits is not up',
            }),
          ],
        ),
      ],
    },
    {
      title: 'Processes that live less than a second',
      bands: [
        band(
          9,
          [
            8,
            lines({
              title: 'CPUs that short-lived processes keep busy',
              description:
                'The ten commands that took most CPU time in lives of less than a second. A list of processes hardly ever shows them.',
              queries: [{ expr: topRate(shortLivedCpu, 'command'), legend: '{{command}}' }],
              unit: 'none',
              style: 'stacked',
              noValue: noShortLived,
              runbooks: ['short_lived_jobs'],
            }),
          ],
          [
            16,
            table({
              title: 'Short-lived processes',
              description: 'Averages of the shown time, by command, command of the parent, and real user.',
              labels: { command: 'Command', parent: 'Parent', user: 'User' },
              columns: [
                { title: 'CPUs', expr: topShortLived, unit: 'none', decimals: 3 },
                {
                  title: 'Processes',
                  expr: `${inShownTime(shortLived)} and ${topShortLived}`,
                  unit: 'cps',
                },
                {
                  title: 'CPU time of one',
                  expr: `${topShortLived} / (${inShownTime(shortLived)} > 0)`,
                  unit: 's',
                },
              ],
              noValue: noShortLived,
              runbooks: ['short_lived_jobs'],
            }),
          ],
        ),
      ],
    },
    {
      title: 'Tasks that hang',
      bands: [
        band(
          8,
          [
            12,
            lines({
              title: 'Tasks in uninterruptible sleep',
              runbooks: ['blocked_tasks'],
              description:
                'Tasks that had been in uninterruptible sleep (D) for longer than ten seconds, by command and by the kernel function that they waited in.',
              queries: [
                { expr: `sum by (command, function) (${select(blocked)})`, legend: '{{command}} in {{function}}' },
              ],
              unit: 'none',
              style: 'bars',
              noValue: 'No task hung, or the probe blocked_tasks is not up',
            }),
          ],
          [
            12,
            table({
              title: 'Who hung, and for how long',
              runbooks: ['blocked_tasks'],
              description: 'The most tasks at once, and the longest sleep, of the shown time.',
              labels: { command: 'Command' },
              columns: [
                {
                  title: 'Longest',
                  expr: `max by (command) (max_over_time(${select(longestBlocked)}[$__range]))`,
                  unit: 's',
                  steps: [[120, 'red']],
                },
                {
                  title: 'Tasks',
                  expr: `max by (command) (max_over_time(${select(blocked)}[$__range]))`,
                  unit: 'none',
                  decimals: 0,
                },
              ],
              noValue: 'No task hung, or the probe blocked_tasks is not up',
            }),
          ],
        ),
      ],
    },
    {
      title: 'System calls',
      bands: [
        band(
          9,
          [
            12,
            lines({
              title: 'System calls by name',
              description: 'The ten calls made most in the shown time.',
              queries: [{ expr: topRate(calls, 'syscall'), legend: '{{syscall}}' }],
              unit: 'cps',
              style: 'stacked',
              noValue: noCalls,
            }),
          ],
          [
            12,
            lines({
              title: 'Errors by call and error',
              runbooks: ['files_exhausted'],
              description: 'The ten pairs of call and error met most in the shown time.',
              queries: [{ expr: topRate(callErrors, 'syscall, errno'), legend: '{{syscall}} {{errno}}' }],
              unit: 'cps',
              style: 'stacked',
              noValue: 'No call failed, or the probe syscalls is not up',
            }),
          ],
        ),
        band(
          8,
          [
            8,
            table({
              title: 'Errors',
              description:
                'Calls that failed in the shown time. ENOSPC, EMFILE, ENFILE, EDQUOT: something is full; EACCES, EPERM: somebody may not.',
              labels: { syscall: 'Call', errno: 'Error' },
              columns: [
                {
                  title: 'Failed',
                  expr: `topk(50, ${increase(callErrors, 'syscall, errno')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: 'No call failed, or the probe syscalls is not up',
            }),
          ],
          [
            8,
            lines({
              title: 'Calls cut short by a signal',
              description: 'Calls that a signal interrupted, by name. They are made again or return EINTR.',
              queries: [{ expr: topRate(interruptions, 'syscall'), legend: '{{syscall}}' }],
              unit: 'cps',
              noValue: 'No call was interrupted, or the probe syscalls is not up',
            }),
          ],
          [
            8,
            lines({
              title: 'Calls without a name',
              description:
                '32-bit and x32 calls, calls that a tracer or a seccomp filter cancelled, and returns from signal handlers, by reason.',
              queries: [{ expr: rate(unnamedCalls, 'reason'), legend: '{{reason}}' }],
              unit: 'cps',
              noValue: 'No such calls, or the probe syscalls is not up',
            }),
          ],
        ),
      ],
    },
    {
      title: 'How long system calls take (probe syscall_latency)',
      bands: [
        band(
          9,
          [
            12,
            lines({
              title: 'Time in system calls',
              description:
                'Tasks that were inside a call on average, waiting included: the ten calls with most. Calls that sleep on purpose (epoll_wait, futex, poll) lead.',
              queries: [{ expr: topRate(`${callTime}_sum`, 'syscall'), legend: '{{syscall}}' }],
              unit: 'none',
              style: 'stacked',
              noValue: noCallTime,
            }),
          ],
          [
            12,
            lines({
              title: 'Slowest system calls, p99',
              description:
                'One call in a hundred took at least this long; of the ten calls in which most time was spent.',
              queries: [
                {
                  expr: ofTop(10, `${callTime}_sum`, 'syscall', quantile(0.99, callTime, 'syscall')),
                  legend: '{{syscall}}',
                },
              ],
              unit: 's',
              log: true,
              noValue: noCallTime,
            }),
          ],
        ),
        band(
          8,
          [
            12,
            table({
              title: 'System calls by time',
              description: 'The calls in which most time was spent in the shown time.',
              labels: { syscall: 'Call' },
              columns: [
                {
                  title: 'Tasks inside',
                  expr: `sum by (syscall) (rate(${select(`${callTime}_sum`)}[$__range])) > 0`,
                  unit: 'none',
                  decimals: 3,
                },
                {
                  title: 'Calls per second',
                  expr: `sum by (syscall) (rate(${select(`${callTime}_count`)}[$__range])) > 0`,
                  unit: 'cps',
                },
                { title: 'p50', expr: `${quantile(0.5, callTime, 'syscall', '$__range')} > 0`, unit: 's' },
                { title: 'p99', expr: `${quantile(0.99, callTime, 'syscall', '$__range')} > 0`, unit: 's' },
              ],
              noValue: noCallTime,
            }),
          ],
          [
            12,
            lines({
              title: 'Calls without a name, p99',
              description:
                'One in a hundred of the calls that have no name in the table of 64-bit calls took at least this long, by reason.',
              queries: [{ expr: quantile(0.99, unnamedCallTime, 'reason'), legend: '{{reason}}' }],
              unit: 's',
              log: true,
              noValue: 'No such calls, or the probe syscall_latency is not up',
            }),
          ],
        ),
      ],
    },
  ],
};
