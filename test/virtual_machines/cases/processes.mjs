import { between, exactly, fact } from '../expectation.mjs';

/** Seconds. An emulated machine may stand still between the workload's last look at its clock and the new name. */
const STILL = 0.1;
/** Seconds of CPU time that an emulated exec takes until the process has its new name. */
const EXEC = 0.2;

/**
 * The CPU time under a name: what the kernel told the workload, at most `less` seconds less and `more` seconds more.
 *
 * @param {string} command
 * @param {string} told
 */
function cpuTime(command, told, less = STILL, more = STILL) {
  return between(
    'cpu_seconds_total',
    { command },
    (facts) => fact(facts, told) / 1e9 - less,
    (facts) => fact(facts, told) / 1e9 + more,
  );
}

/** @type {readonly import('../expectation.mjs').Case[]} */
export const processesCases = [
  {
    probe: 'execs',
    workload: ['execs', '25', '12345'],
    expectations: [exactly('execs_total', { user: '12345' }, 25)],
  },
  {
    probe: 'execs',
    workload: ['failing-execs', '15', 'EACCES'],
    expectations: [exactly('exec_failures_total', { errno: 'EACCES' }, 15)],
  },
  {
    probe: 'forks',
    workload: ['--comm', 'vm-forks', 'forks', '30'],
    expectations: [exactly('forks_total', { command: 'vm-forks', kind: 'process' }, 30)],
  },
  {
    probe: 'forks',
    workload: ['--comm', 'vm-threads', 'threads', '30'],
    expectations: [exactly('forks_total', { command: 'vm-threads', kind: 'thread' }, 30)],
  },
  {
    probe: 'exits',
    workload: ['--comm', 'vm-exits', 'exits', '20', '42'],
    expectations: [exactly('process_exits_total', { command: 'vm-exits', code: '42' }, 20)],
  },
  {
    probe: 'exits',
    workload: ['--comm', 'vm-killed', 'killed', '20', '15'],
    expectations: [exactly('process_kills_total', { command: 'vm-killed', signal: 'SIGTERM' }, 20)],
  },
  {
    probe: 'short_lived',
    workload: ['--comm', 'vm-jobs', 'jobs', '40', '5000'],
    expectations: [
      exactly('short_lived_processes_total', { command: 'vm-jobs', parent: 'vm-jobs', user: 'root' }, 40),
      // The CPU time of the last processes may not be reported yet.
      between(
        'short_lived_cpu_seconds_total',
        { command: 'vm-jobs' },
        (facts) => (0.75 * fact(facts, 'cpu_nanoseconds')) / 1e9,
        (facts) => (1.05 * fact(facts, 'cpu_nanoseconds')) / 1e9,
      ),
    ],
  },
  {
    probe: 'runqlat',
    workload: ['--comm', 'vm-pingpong', 'pingpong', '300'],
    expectations: [
      // Switches during the name change may have either name; the workload reports them as uncertain.
      between(
        'command_runqueue_wait_seconds_count',
        { command: 'vm-pingpong' },
        (facts) => fact(facts, 'waits'),
        (facts) => fact(facts, 'waits') + fact(facts, 'uncertain'),
      ),
    ],
  },
  {
    probe: 'off_cpu',
    workload: ['--comm', 'vm-sleeps', 'nanosleep', '50', '10000000'],
    expectations: [
      // The workload measures the way to the sleep and back as well; the kernel's timer starts a little before the thread leaves the CPU.
      between(
        'off_cpu_seconds_total',
        { command: 'vm-sleeps', state: 'interruptible' },
        () => 50 * 0.01 * 0.8,
        (facts) => fact(facts, 'slept_nanoseconds') / 1e9,
      ),
    ],
  },
  {
    probe: 'cpu_throttling',
    workload: ['--comm', 'vm-throttled', 'throttled', '5', '8'],
    expectations: [
      between(
        'cgroup_cpu_periods_total',
        { cgroup: '/vm-throttled' },
        (facts) => fact(facts, 'periods'),
        (facts) => fact(facts, 'periods'),
      ),
      between(
        'cgroup_cpu_throttled_periods_total',
        { cgroup: '/vm-throttled' },
        (facts) => fact(facts, 'throttled_periods'),
        (facts) => fact(facts, 'throttled_periods'),
      ),
      between(
        'cgroup_cpu_throttled_seconds_total',
        { cgroup: '/vm-throttled' },
        (facts) => fact(facts, 'throttled_nanoseconds') / 1e9 - 1e-5,
        (facts) => fact(facts, 'throttled_nanoseconds') / 1e9 + 1e-5,
      ),
    ],
  },
  {
    probe: 'blocked_tasks',
    workload: ['--comm', 'vm-blocked', 'blocked', '6', '8', '0', 'leave'],
    expectations: [
      exactly('blocked_tasks', { command: 'vm-blocked' }, 6),
      between(
        'blocked_longest_seconds',
        { command: 'vm-blocked' },
        () => 1,
        () => 8,
      ),
    ],
  },
  {
    probe: 'cpu_seconds',
    workload: ['--comm', 'vm-cpu', 'change', '200', 'rename', 'vm-cpu-renamed', '3'],
    expectations: [cpuTime('vm-cpu', 'first_nanoseconds'), cpuTime('vm-cpu-renamed', 'second_nanoseconds')],
  },
  {
    probe: 'cpu_seconds',
    workload: ['--comm', 'vm-cpu-exec', 'change', '200', 'thread-exec', 'SETUID', '3'],
    expectations: [
      cpuTime('vm-cpu-exec', 'first_nanoseconds', STILL, EXEC),
      cpuTime('vm-setuid', 'second_nanoseconds', EXEC, STILL),
    ],
  },
  {
    probe: 'profile',
    workload: ['--comm', 'vm-spin', 'spin', '2000'],
    expectations: [
      // 99 samples per second of CPU time; emulation may delay or lose most timer interrupts.
      between(
        'profile_samples_total',
        { command: 'vm-spin' },
        (facts) => (9.9 * fact(facts, 'cpu_nanoseconds')) / 1e9,
        (facts) => (99 * fact(facts, 'nanoseconds')) / 1e9 + 2,
      ),
    ],
  },
];
