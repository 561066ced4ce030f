import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { increase, rate, topRate } from '../query.js';
import { unit } from '../units.js';

export const calls = 'santabpf_syscalls_total';
export const callErrors = 'santabpf_syscall_errors_total';
const interruptions = 'santabpf_syscall_interruptions_total';
const unnamed = 'santabpf_unnamed_syscalls_total';

const noErrors = 'No failed system calls';

export const syscalls: Section = {
  title: 'System calls',
  bands: [
    band(
      9,
      [
        12,
        lines({
          title: 'System calls by name',
          description: 'The ten system calls made most in the time range.',
          queries: [{ expr: topRate(calls, 'syscall'), legend: '{{syscall}}' }],
          unit: unit.perSecond,
          style: 'stacked',
        }),
      ],
      [
        12,
        lines({
          title: 'Failed system calls by error',
          description: 'The ten pairs of system call and error seen most in the time range.',
          queries: [{ expr: topRate(callErrors, 'syscall, errno'), legend: '{{syscall}} {{errno}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: noErrors,
          runbooks: ['files_exhausted'],
        }),
      ],
    ),
    band(
      8,
      [
        8,
        table({
          title: 'System call errors',
          description:
            'Failed system calls in the time range. ENOSPC, EMFILE, ENFILE, EDQUOT: a resource is exhausted; EACCES, EPERM: permission denied.',
          labels: ['syscall', 'errno'],
          columns: [column.count('Failed', `topk(50, ${increase(callErrors, 'syscall, errno')} > 0)`)],
          nothing: noErrors,
        }),
      ],
      [
        8,
        lines({
          title: 'Interrupted system calls',
          description: 'System calls interrupted by a signal, by name. They are restarted or return EINTR.',
          queries: [{ expr: topRate(interruptions, 'syscall'), legend: '{{syscall}}' }],
          unit: unit.perSecond,
          nothing: 'No interrupted system calls',
        }),
      ],
      [
        8,
        lines({
          title: 'Unnamed system calls',
          description:
            '32-bit and x32 calls, calls cancelled by a tracer or a seccomp filter, and returns from signal handlers, by reason.',
          queries: [{ expr: rate(unnamed, 'reason'), legend: '{{reason}}' }],
          unit: unit.perSecond,
          nothing: 'No unnamed system calls',
        }),
      ],
    ),
  ],
};
