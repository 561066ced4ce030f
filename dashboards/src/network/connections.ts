import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { increase, rate, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';
import { stateChanges } from './resets.js';

export const opened = 'santabpf_tcp_connections_opened_total';
export const accepted = 'santabpf_tcp_connections_accepted_total';
export const connectFailures = 'santabpf_tcp_connect_failures_total';

export const noAccepts = 'No accepted connections';
const noFailures = 'No failed connections';

export const connections: Section = {
  title: 'Connections',
  bands: [
    band(
      9,
      [
        12,
        lines({
          title: `Connections opened by ${who}`,
          description: `The ten ${whose} that opened the most connections in the time range.`,
          queries: [{ expr: topRate(opened, who), legend: '{{identity}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: 'No opened connections',
        }),
      ],
      [
        12,
        lines({
          title: `Connections accepted by ${who}`,
          description: `The ten ${whose} that accepted the most connections in the time range.`,
          queries: [{ expr: topRate(accepted, who), legend: '{{identity}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: noAccepts,
        }),
      ],
    ),
    band(
      9,
      [
        12,
        lines({
          title: 'Failed connections by error',
          description:
            'ECONNREFUSED: nothing listens on the port. ETIMEDOUT: no answer. EADDRNOTAVAIL: no local port is left.',
          queries: [{ expr: rate(connectFailures, 'errno'), legend: '{{errno}}' }],
          unit: unit.perSecond,
          style: 'bars',
          nothing: noFailures,
          runbooks: ['tcp_trouble'],
        }),
      ],
      [
        12,
        lines({
          title: 'Connections established and accepted',
          description:
            'Incoming connections that the kernel established, and those that a program accepted. If accepted falls behind, the workers of a server do not keep up.',
          queries: [
            { expr: rate(stateChanges, '', 'from="syn_recv"', 'to="established"'), legend: 'established' },
            { expr: rate(accepted, ''), legend: 'accepted' },
          ],
          unit: unit.perSecond,
          nothing: 'No incoming connections',
        }),
      ],
    ),
    band(8, [
      24,
      table({
        title: `Failed connections by ${who}`,
        description: `Attempts that failed in the time range, by ${who}, remote port and error.`,
        labels: ['identity', 'peer_port', 'errno'],
        columns: [column.count('Failed', `topk(50, ${increase(connectFailures, `${who}, peer_port, errno`)} > 0)`)],
        nothing: noFailures,
        runbooks: ['tcp_trouble'],
      }),
    ]),
  ],
};
