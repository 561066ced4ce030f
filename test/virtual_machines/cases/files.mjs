import { exactly, reported } from '../expectation.mjs';

/** @type {readonly import('../expectation.mjs').Case[]} */
export const filesCases = [
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
    expectations: [reported('file_read_bytes_total', { command: 'vm-file-read' }, 'bytes')],
  },
  {
    probe: 'page_cache',
    workload: ['--comm', 'vm-cold', 'passes', '3', 'LOOP', 'read'],
    expectations: [
      reported('disk_read_bytes_total', { command: 'vm-cold', cause: 'read' }, 'bytes'),
      reported('disk_read_bytes_total', { command: 'vm-cold' }, 'bytes'),
    ],
  },
  {
    probe: 'page_cache',
    workload: ['--comm', 'vm-mapped', 'passes', '2', 'LOOP', 'map'],
    expectations: [reported('disk_read_bytes_total', { command: 'vm-mapped', cause: 'fault' }, 'bytes')],
  },
  {
    probe: 'page_cache',
    workload: ['--comm', 'vm-direct', 'passes', '2', 'LOOP', 'direct'],
    expectations: [reported('disk_read_bytes_total', { command: 'vm-direct', cause: 'uncached' }, 'bytes')],
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
    probe: 'biolatency',
    workload: ['block', '20', '/dev/sda', '4096', 'offline-read'],
    expectations: [
      exactly('block_io_errors_total', { device: 'sda', operation: 'read' }, 20),
      exactly('block_io_duration_seconds_count', { device: 'sda', operation: 'read' }, 0),
    ],
  },
];
