import { between, exactly, fact } from '../expectation.mjs';

/** @type {readonly import('../expectation.mjs').Case[]} */
export const memoryCases = [
  {
    probe: 'oom_kills',
    workload: ['--comm', 'vm-oom', 'oom', '5', '33554432'],
    expectations: [
      exactly('oom_kills_total', { command: 'vm-oom', limit: 'cgroup', requester: 'vm-oom' }, 5),
      between(
        'oom_killed_memory_bytes_total',
        { command: 'vm-oom' },
        (facts) => fact(facts, 'taken_bytes') - 5 * 1_048_576,
        (facts) => fact(facts, 'taken_bytes') + 5 * 2_097_152,
      ),
    ],
  },
  {
    probe: 'oom_kills',
    workload: ['--comm', 'vm-all', 'oom', '1', 'none'],
    expectations: [exactly('oom_kills_total', { command: 'vm-all', limit: 'host' }, 1)],
  },
  {
    probe: 'memory_reclaim',
    workload: ['--comm', 'vm-reclaim', 'reclaim', '10', '4194304', 'LOOP'],
    expectations: [
      between(
        'memory_reclaim_stalls_total',
        { command: 'vm-reclaim', limit: 'cgroup' },
        (facts) => fact(facts, 'limit_hits'),
        (facts) => fact(facts, 'limit_hits'),
      ),
      between(
        'memory_reclaimed_bytes_total',
        { command: 'vm-reclaim', limit: 'cgroup' },
        (facts) => fact(facts, 'reclaimed_bytes'),
        (facts) => fact(facts, 'reclaimed_bytes'),
      ),
      between(
        'memory_reclaim_stall_seconds_total',
        { command: 'vm-reclaim', limit: 'cgroup' },
        () => 0.0001,
        (facts) => fact(facts, 'nanoseconds') / 1e9,
      ),
    ],
  },
];
