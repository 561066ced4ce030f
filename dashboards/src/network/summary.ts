import { band, type Section } from '../grid.js';
import { type Stat, stat } from '../panels/index.js';
import { orZero, rate } from '../query.js';
import { unit } from '../units.js';
import { accepted, connectFailures, opened } from './connections.js';
import { resetsReceived, resetsSent } from './resets.js';
import { retransmitted } from './retransmits.js';

export const failedConnections: Stat = {
  title: 'Failed connections',
  description: 'TCP connection attempts per second that failed.',
  expr: orZero('tcp', rate(connectFailures, '')),
  unit: unit.perSecond,
  steps: [[1, 'orange']],
};

export const summary: Section = {
  title: 'Summary',
  bands: [
    band(
      5,
      [
        6,
        stat({
          title: 'New connections',
          description:
            'TCP connections per second that local programs opened or accepted. A connection within the host counts on both sides.',
          expr: `${orZero('tcp', rate(opened, ''))} + ${orZero('tcp', rate(accepted, ''))}`,
          unit: unit.perSecond,
        }),
      ],
      [6, stat(failedConnections)],
      [
        6,
        stat({
          title: 'Retransmits',
          description: 'TCP segments per second that were sent again because they were lost or answered late.',
          expr: orZero('tcp', rate(retransmitted, '')),
          unit: unit.perSecond,
        }),
      ],
      [
        6,
        stat({
          title: 'Resets',
          description: 'TCP resets per second, sent and received: one side cut a connection off.',
          expr: `${orZero('tcp', rate(resetsSent, ''))} + ${orZero('tcp', rate(resetsReceived, ''))}`,
          unit: unit.perSecond,
        }),
      ],
    ),
  ],
};
