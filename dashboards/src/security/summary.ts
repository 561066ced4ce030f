import { band, type Section } from '../grid.js';
import { type Stat, stat, steps } from '../panels/index.js';
import { increase, orZero, rate } from '../query.js';
import { unit } from '../units.js';
import { denied, refused } from './denials.js';
import { changes } from './kernel_changes.js';
import { gains } from './privileges.js';

export const rootWithoutExec: Stat = {
  title: 'Root gained without exec',
  description:
    'Processes that gained root rights in the time range although no program granted them: a kernel vulnerability was exploited. Even one is an incident.',
  expr: orZero('privileges', increase(gains, '', '$__range', 'way="without_exec"')),
  unit: unit.number,
  decimals: 0,
  steps: steps.expectNone,
  runbooks: ['unexpected_privilege'],
};

export const kernelLoads: Stat = {
  title: 'Kernel code loaded',
  description: "Modules and BPF programs loaded in the time range, except the exporter's own.",
  expr: orZero('kernel_changes', increase(changes, '')),
  unit: unit.number,
  decimals: 0,
  runbooks: ['kernel_changed'],
};

export const permissionDenials: Stat = {
  title: 'Permission denials',
  description: 'System calls per second that failed with EACCES or EPERM.',
  expr: orZero('syscalls', rate(refused, '', ...denied)),
  unit: unit.perSecond,
  steps: [[10, 'orange']],
  runbooks: ['permission_storm'],
};

export const summary: Section = {
  title: 'Summary',
  bands: [
    band(
      5,
      [6, stat(rootWithoutExec)],
      [
        6,
        stat({
          title: 'Root gained',
          description:
            'Processes that gained root rights in the time range, by sudo and su as well. The table below names them.',
          expr: orZero('privileges', increase(gains, '')),
          unit: unit.number,
          decimals: 0,
          runbooks: ['unexpected_privilege'],
        }),
      ],
      [6, stat(kernelLoads)],
      [6, stat(permissionDenials)],
    ),
  ],
};
