/**
 * What the workload does for each shipped probe, and what the probe must have counted afterwards. The counts are exact:
 * the workload's own command names keep everything else that runs on the machine apart.
 *
 * @typedef {Record<string, number>} Facts what the workload reports of itself
 *
 * @typedef {object} Expectation
 * @property {string} metric without prefix
 * @property {Readonly<Record<string, string>>} labels
 * @property {(facts: Facts) => number} least smallest growth that is right
 * @property {(facts: Facts) => number} most largest
 *
 * @typedef {object} Case
 * @property {string} probe
 * @property {readonly string[]} workload its arguments; LOOP stands for a block device, FILE for a path in a file system, SETUID for
 *   a set-uid copy of the workload called vm-setuid, MODULE for the file of the kernel's module "dummy"
 * @property {readonly Expectation[]} expectations
 */

/**
 * @param {string} metric
 * @param {Readonly<Record<string, string>>} labels
 * @param {number} growth
 * @returns {Expectation}
 */
function exactly(metric, labels, growth) {
  return { metric, labels, least: () => growth, most: () => growth };
}

/**
 * @param {string} metric
 * @param {Readonly<Record<string, string>>} labels
 * @param {(facts: Facts) => number} least
 * @param {(facts: Facts) => number} most
 * @returns {Expectation}
 */
function between(metric, labels, least, most) {
  return { metric, labels, least, most };
}

/**
 * As many as the workload says.
 *
 * @param {string} metric
 * @param {Readonly<Record<string, string>>} labels
 * @param {string} name of a fact
 * @returns {Expectation}
 */
function told(metric, labels, name) {
  return between(
    metric,
    labels,
    (facts) => fact(facts, name),
    (facts) => fact(facts, name),
  );
}

/** @param {Facts} facts @param {string} name */
function fact(facts, name) {
  const value = facts[name];
  if (value === undefined) throw new Error(`Expected the workload to report ${name}`);
  return value;
}

/** @type {readonly Case[]} */
export const cases = [
  {
    probe: 'syscalls',
    workload: ['getppid', '3000'],
    expectations: [exactly('syscalls_total', { syscall: 'getppid' }, 3000)],
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
  {
    probe: 'execs',
    workload: ['execs', '25', '12345'],
    expectations: [exactly('execs_total', { uid: '12345' }, 25)],
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
      // Of the last ones the kernel may not have told yet.
      between(
        'short_lived_cpu_seconds_total',
        { command: 'vm-jobs' },
        (facts) => (0.75 * fact(facts, 'cpu_nanoseconds')) / 1e9,
        (facts) => (1.05 * fact(facts, 'cpu_nanoseconds')) / 1e9,
      ),
    ],
  },
  {
    probe: 'opens',
    workload: ['--comm', 'vm-opens', 'opens', '40', 'FILE'],
    expectations: [exactly('file_opens_total', { command: 'vm-opens' }, 40)],
  },
  {
    probe: 'opens',
    workload: ['--comm', 'vm-failing', 'failing-open', '40', 'EISDIR'],
    expectations: [exactly('file_open_failures_total', { command: 'vm-failing', errno: 'EISDIR' }, 40)],
  },
  {
    probe: 'reads_writes',
    workload: ['--comm', 'vm-write', 'write', '50', '1000', 'FILE'],
    expectations: [
      exactly('read_write_bytes_total', { command: 'vm-write', operation: 'write' }, 50_000),
      exactly('read_write_size_bytes_count', { command: 'vm-write', operation: 'write' }, 50),
      exactly('read_write_size_bytes_bucket', { command: 'vm-write', operation: 'write', le: '512.0' }, 0),
      exactly('read_write_size_bytes_bucket', { command: 'vm-write', operation: 'write', le: '1024.0' }, 50),
    ],
  },
  {
    probe: 'reads_writes',
    workload: ['--comm', 'vm-file-read', 'passes', '3', 'LOOP', 'sendfile'],
    expectations: [told('file_read_bytes_total', { command: 'vm-file-read' }, 'bytes')],
  },
  {
    probe: 'page_cache',
    workload: ['--comm', 'vm-cold', 'passes', '3', 'LOOP', 'read'],
    expectations: [
      told('disk_read_bytes_total', { command: 'vm-cold', cause: 'read' }, 'bytes'),
      told('disk_read_bytes_total', { command: 'vm-cold' }, 'bytes'),
    ],
  },
  {
    probe: 'page_cache',
    workload: ['--comm', 'vm-mapped', 'passes', '2', 'LOOP', 'map'],
    expectations: [told('disk_read_bytes_total', { command: 'vm-mapped', cause: 'fault' }, 'bytes')],
  },
  {
    probe: 'page_cache',
    workload: ['--comm', 'vm-direct', 'passes', '2', 'LOOP', 'direct'],
    expectations: [told('disk_read_bytes_total', { command: 'vm-direct', cause: 'uncached' }, 'bytes')],
  },
  {
    probe: 'page_cache',
    workload: ['--comm', 'vm-warm', 'passes', '4', 'LOOP', 'warm'],
    expectations: [exactly('disk_read_bytes_total', { command: 'vm-warm' }, 0)],
  },
  {
    probe: 'biolatency',
    workload: ['block', '64', 'LOOP', '4096', 'read'],
    expectations: [
      exactly('block_io_duration_seconds_count', { device: 'loop0', operation: 'read' }, 64),
      exactly('block_io_size_bytes_sum', { device: 'loop0', operation: 'read' }, 64 * 4096),
      exactly('block_io_errors_total', { device: 'loop0' }, 0),
    ],
  },
  {
    probe: 'biolatency',
    workload: ['block', '32', 'LOOP', '8192', 'write'],
    expectations: [exactly('block_io_size_bytes_sum', { device: 'loop0', operation: 'write' }, 32 * 8192)],
  },
  {
    probe: 'kernel_changes',
    workload: ['--comm', 'vm-bpf', '--login', '12345', 'bpf-loads', '20'],
    expectations: [
      exactly(
        'kernel_changes_total',
        { kind: 'bpf_program', type: 'SOCKET_FILTER', command: 'vm-bpf', user: 'root', login: '12345' },
        20,
      ),
      exactly('kernel_changes_total', { command: 'node' }, 0),
    ],
  },
  {
    probe: 'kernel_changes',
    workload: ['--comm', 'vm-refused', 'bpf-loads', '20', 'refused'],
    expectations: [exactly('kernel_changes_total', { command: 'vm-refused' }, 0)],
  },
  {
    probe: 'kernel_changes',
    workload: ['--comm', 'vm-insmod', 'module-loads', '5', 'MODULE', 'dummy'],
    expectations: [
      exactly(
        'kernel_changes_total',
        { kind: 'module', type: 'none', name: 'dummy', command: 'vm-insmod', login: 'none' },
        5,
      ),
    ],
  },
  {
    probe: 'privileges',
    workload: ['--login', '12345', 'execs', '20', '12346', 'SETUID'],
    expectations: [
      exactly('privilege_gains_total', { command: 'vm-setuid', user: '12346', login: '12345', way: 'setuid_file' }, 20),
    ],
  },
  {
    probe: 'privileges',
    workload: ['--comm', 'vm-root', '--login', '12345', 'turns-to-root', '20', '12346'],
    expectations: [
      exactly('privilege_gains_total', { command: 'vm-root', user: '12346', login: '12345', way: 'without_exec' }, 20),
      exactly('privilege_gains_total', { login: 'none' }, 0),
    ],
  },
  {
    probe: 'runqlat',
    workload: ['--comm', 'vm-pingpong', 'pingpong', '300'],
    expectations: [
      // Switches while the workload changes its name may carry either name; it counts them.
      between(
        'command_runqueue_wait_seconds_count',
        { command: 'vm-pingpong' },
        (facts) => fact(facts, 'waits'),
        (facts) => fact(facts, 'waits') + fact(facts, 'uncertain'),
      ),
    ],
  },
  {
    probe: 'tcp',
    workload: ['--comm', 'vm-connect', '--accept-comm', 'vm-accept', 'tcp', '20'],
    expectations: [
      exactly('tcp_connections_opened_total', { command: 'vm-connect' }, 20),
      exactly('tcp_connections_accepted_total', { command: 'vm-accept' }, 20),
    ],
  },
  {
    probe: 'tcp',
    workload: ['--comm', 'vm-refused', 'tcp-refused', '20'],
    expectations: [exactly('tcp_connect_failures_total', { command: 'vm-refused', errno: 'ECONNREFUSED' }, 20)],
  },
  {
    probe: 'tcp',
    workload: ['--comm', 'vm-waiting', 'tcp-waiting', '20', '50', '9'],
    expectations: [exactly('tcp_accept_wait_seconds_count', { command: 'vm-waiting' }, 10)],
  },
  {
    probe: 'tcp_segments',
    workload: ['--comm', 'vm-lossy', '--port', '23459', 'tcp-retransmits', '3'],
    expectations: [
      between(
        'tcp_segments_sent_total',
        { local_port: 'ephemeral', peer_port: '23459' },
        (facts) => fact(facts, 'segments'),
        (facts) => fact(facts, 'segments'),
      ),
      between(
        'tcp_segments_sent_again_total',
        { local_port: 'ephemeral', peer_port: '23459' },
        (facts) => fact(facts, 'retransmits'),
        (facts) => fact(facts, 'retransmits'),
      ),
    ],
  },
  {
    probe: 'accept_queue',
    workload: ['--comm', 'vm-full', 'tcp-waiting', '20', '50', '9'],
    expectations: [
      between(
        'listen_drops_total',
        { command: 'vm-full' },
        (facts) => fact(facts, 'drops'),
        (facts) => fact(facts, 'drops'),
      ),
    ],
  },
  {
    probe: 'tcp',
    workload: ['tcp-reset', '20'],
    expectations: [exactly('tcp_resets_sent_total', {}, 20), exactly('tcp_resets_received_total', {}, 20)],
  },
  {
    probe: 'tcp',
    workload: ['tcp-retransmits', '3'],
    expectations: [
      between(
        'tcp_retransmits_total',
        {},
        (facts) => fact(facts, 'retransmits'),
        (facts) => fact(facts, 'retransmits'),
      ),
    ],
  },
  {
    probe: 'packet_drops',
    // Linux 5.10 tells no reason.
    workload: ['--network', 'vm-refused', 'udp-refused', '50'],
    expectations: [exactly('packet_drops_total', { device: 'vm-refused' }, 50)],
  },
  {
    probe: 'packet_drops',
    workload: ['--network', 'vm-full', 'udp-full', '50'],
    expectations: [
      between(
        'packet_drops_total',
        { device: 'vm-full' },
        (facts) => 50 + fact(facts, 'before'),
        (facts) => 50 + fact(facts, 'before'),
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
  {
    probe: 'profile',
    workload: ['--comm', 'vm-spin', 'spin', '2000'],
    expectations: [
      // 99 a second of CPU time; under emulation most of the clock's interrupts may come late or never.
      between(
        'profile_samples_total',
        { command: 'vm-spin' },
        (facts) => (9.9 * fact(facts, 'cpu_nanoseconds')) / 1e9,
        (facts) => (99 * fact(facts, 'nanoseconds')) / 1e9 + 2,
      ),
    ],
  },
];
