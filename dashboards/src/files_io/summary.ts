import { band, type Section } from '../grid.js';
import { type Stat, stat, steps } from '../panels/index.js';
import { increase, orZero, quantile, rate } from '../query.js';
import { unit } from '../units.js';
import { blockErrors, blockTime, onSelectedDisks } from './block_io.js';
import { openFailures } from './opens.js';
import { bytes } from './reads_writes.js';

export const failedOpens: Stat = {
  title: 'Failed opens ≠ ENOENT',
  description:
    'Opens per second that failed with another error than ENOENT, which programs get when they look for a file in several places.',
  expr: orZero('opens', rate(openFailures, '', 'errno!="ENOENT"')),
  unit: unit.perSecond,
};

/** @param matchers disks to look at; default: all */
export function diskLatency(...matchers: readonly string[]): Stat {
  return {
    title: 'Block I/O latency (p99)',
    description: 'One in a hundred requests took at least this long, on the slowest disk.',
    expr: `max(${quantile(0.99, blockTime, 'instance, device', '$__rate_interval', ...matchers)})`,
    unit: unit.seconds,
    steps: [
      [0.05, 'orange'],
      [0.5, 'red'],
    ],
    nothing: 'No block I/O',
  };
}

/** @param matchers disks to look at; default: all */
export function diskErrors(...matchers: readonly string[]): Stat {
  return {
    title: 'Disk errors',
    description: 'Requests that a disk failed in the time range. A healthy disk has none.',
    expr: orZero('biolatency', increase(blockErrors, '', '$__range', ...matchers)),
    unit: unit.number,
    decimals: 0,
    steps: steps.expectNone,
  };
}

export const summary: Section = {
  title: 'Summary',
  bands: [
    band(
      5,
      [
        6,
        stat({
          title: 'Bytes read and written',
          description: 'Bytes per second moved by system calls on files, pipes and sockets.',
          expr: orZero('reads_writes', rate(bytes, '')),
          unit: unit.bytesPerSecond,
        }),
      ],
      [6, stat(failedOpens)],
      [6, stat(diskLatency(onSelectedDisks))],
      [6, stat(diskErrors(onSelectedDisks))],
    ),
  ],
};
