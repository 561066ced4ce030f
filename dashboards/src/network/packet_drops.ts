import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { increase, topRate } from '../query.js';
import { unit } from '../units.js';

const drops = 'santabpf_packet_drops_total';
const unexplained = 'santabpf_packet_drops_unexplained_total';
const noDrops = 'No dropped packets';

export const packetDrops: Section = {
  title: 'Packet drops',
  collapsed: true,
  bands: [
    band(
      9,
      [
        8,
        lines({
          title: 'Dropped packets by reason',
          description:
            'The ten most frequent reasons. SOCKET_RCVBUFF: a program reads too slowly; NO_SOCKET: nothing listens; NETFILTER_DROP: a firewall; QUEUE_PURGE and SOCKET_CLOSE: a socket was closed with data unread, which is harmless.',
          queries: [{ expr: topRate(drops, 'reason'), legend: '{{reason}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: noDrops,
        }),
      ],
      [
        8,
        table({
          title: 'Dropped packets by device',
          description:
            'In the time range. A device has the name from its own network namespace; none: the packet had not reached a device.',
          labels: ['reason', 'device'],
          // Longer is what is left for a reason such as PACKET_SOCK_ERROR.
          widths: { device: 125 },
          columns: [column.count('Dropped', `topk(50, ${increase(drops, 'reason, device')} > 0)`)],
          nothing: noDrops,
          runbooks: ['packets_dropped'],
        }),
      ],
      [
        8,
        lines({
          title: 'Dropped packets without a reason',
          description:
            'The ten kernel functions that dropped the most packets without giving a reason. Before Linux 5.17 no drop has a reason.',
          queries: [{ expr: topRate(unexplained, 'function'), legend: '{{function}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: noDrops,
        }),
      ],
    ),
  ],
};
