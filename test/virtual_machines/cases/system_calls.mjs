import { between, exactly, fact } from '../expectation.mjs';

/** @type {readonly import('../expectation.mjs').Case[]} */
export const systemCallsCases = [
  {
    probe: 'syscalls',
    workload: ['getppid', '3000'],
    expectations: [
      exactly('syscalls_total', { syscall: 'getppid' }, 3000),
      between(
        'program_runs_total',
        { probe: 'syscall_exits' },
        () => 3000,
        () => 100_000,
      ),
    ],
  },
  {
    probe: 'syscalls',
    workload: ['failing-open', '70', 'ELOOP'],
    expectations: [exactly('syscall_errors_total', { syscall: 'openat', errno: 'ELOOP' }, 70)],
  },
  {
    probe: 'syscalls',
    workload: ['--comm', 'vm-refused', 'refused', '60', 'EACCES', '12345'],
    expectations: [
      exactly(
        'refused_syscalls_total',
        { command: 'vm-refused', user: '12345', syscall: 'setpriority', errno: 'EACCES' },
        60,
      ),
    ],
  },
  {
    probe: 'syscall_latency',
    workload: ['getppid', '2000'],
    expectations: [
      exactly('syscall_duration_seconds_count', { syscall: 'getppid' }, 2000),
      between(
        'syscall_duration_seconds_sum',
        { syscall: 'getppid' },
        () => 0,
        (facts) => fact(facts, 'nanoseconds') / 1e9,
      ),
    ],
  },
];
