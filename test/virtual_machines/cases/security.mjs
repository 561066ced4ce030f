import { exactly } from '../expectation.mjs';

/** @type {readonly import('../expectation.mjs').Case[]} */
export const securityCases = [
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
];
