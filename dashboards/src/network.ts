import type { Dashboard } from './dashboard.js';
import { band } from './grid.js';
import { heatmap, lines, stat, table } from './panels/index.js';
import { buckets, increase, ofTop, orZero, quantile, rate, select, topRate } from './query.js';

const opened = 'santabpf_tcp_connections_opened_total';
const accepted = 'santabpf_tcp_connections_accepted_total';
const failures = 'santabpf_tcp_connect_failures_total';
const retransmits = 'santabpf_tcp_retransmits_total';
const segments = 'santabpf_tcp_segments_sent_total';
const segmentsAgain = 'santabpf_tcp_segments_sent_again_total';
const resetsSent = 'santabpf_tcp_resets_sent_total';
const resetsReceived = 'santabpf_tcp_resets_received_total';
const stateChanges = 'santabpf_tcp_state_changes_total';

const acceptWait = 'santabpf_tcp_accept_wait_seconds';
const queued = 'santabpf_listen_queue_connections';
const queueLimit = 'santabpf_listen_queue_limit';
const queuesFull = 'santabpf_listen_queues_full';
const listenDrops = 'santabpf_listen_drops_total';

const drops = 'santabpf_packet_drops_total';
const unexplained = 'santabpf_packet_drops_unexplained_total';

const established = ['from="syn_recv"', 'to="established"'];
const noDrops = 'No packet was dropped, or the probe packet_drops is not up';
const noProbe = 'The probe tcp is not up';
const noListener = 'Nobody listens, or the probe accept_queue is not up';
const noSegments = 'No connection, or the probe tcp_segments is not up';
const noneOrNoProbe = (what: string) => `No ${what}, or the probe tcp is not up`;

const server = '{{command}} {{port}}';
const ends = 'command, local_port, peer_port';
const again = `clamp_max(${rate(segmentsAgain, ends)} / (${rate(segments, ends)} > 0), 1)`;
const byServer = (expression: string) => `sum by (port, command) (${expression})`;

export const network: Dashboard = {
  uid: 'santabpf-network',
  title: 'Network',
  description: 'Who opens and accepts TCP connections, which attempts fail, and what the network does to the others.',
  sections: [
    {
      title: 'Now',
      bands: [
        band(
          5,
          [
            6,
            stat({
              title: 'Connections',
              description:
                'Connections per second that local programs opened or accepted; both sides of one within a host count.',
              expr: `${orZero('tcp', rate(opened, ''))} + ${orZero('tcp', rate(accepted, ''))}`,
              unit: 'cps',
              noValue: noProbe,
            }),
          ],
          [
            6,
            stat({
              title: 'Failed to connect',
              description: 'Attempts per second that came to nothing.',
              expr: orZero('tcp', rate(failures, '')),
              unit: 'cps',
              steps: [[1, 'orange']],
              noValue: noProbe,
            }),
          ],
          [
            6,
            stat({
              title: 'Retransmits',
              description: 'Segments per second that were sent again: lost on the way, or answered late.',
              expr: orZero('tcp', rate(retransmits, '')),
              unit: 'cps',
              noValue: noProbe,
            }),
          ],
          [
            6,
            stat({
              title: 'Resets',
              description: 'Connections per second that one side cut off, sent and received.',
              expr: `${orZero('tcp', rate(resetsSent, ''))} + ${orZero('tcp', rate(resetsReceived, ''))}`,
              unit: 'cps',
              noValue: noProbe,
            }),
          ],
        ),
      ],
    },
    {
      title: 'Who talks',
      bands: [
        band(
          9,
          [
            12,
            lines({
              title: 'Opened by command',
              description: 'The ten commands that opened most connections in the shown time.',
              queries: [{ expr: topRate(opened, 'command'), legend: '{{command}}' }],
              unit: 'cps',
              style: 'stacked',
              noValue: noneOrNoProbe('connection was opened'),
            }),
          ],
          [
            12,
            lines({
              title: 'Accepted by command',
              description: 'The ten commands that accepted most connections in the shown time.',
              queries: [{ expr: topRate(accepted, 'command'), legend: '{{command}}' }],
              unit: 'cps',
              style: 'stacked',
              noValue: noneOrNoProbe('connection was accepted'),
            }),
          ],
        ),
        band(
          9,
          [
            8,
            lines({
              title: 'Failures by error',
              runbooks: ['tcp_trouble'],
              description: 'ECONNREFUSED: nobody listens. ETIMEDOUT: no answer. EADDRNOTAVAIL: no local port left.',
              queries: [{ expr: rate(failures, 'errno'), legend: '{{errno}}' }],
              unit: 'cps',
              style: 'bars',
              noValue: noneOrNoProbe('attempt failed'),
            }),
          ],
          [
            8,
            table({
              title: 'Who cannot connect',
              runbooks: ['tcp_trouble'],
              description: 'Commands, ports of the other side and errors in the shown time.',
              labels: { command: 'Command', peer_port: 'Port', errno: 'Error' },
              columns: [
                {
                  title: 'Failed',
                  expr: `topk(50, ${increase(failures, 'command, peer_port, errno')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: noneOrNoProbe('attempt failed'),
            }),
          ],
          [
            8,
            lines({
              title: 'Established and accepted',
              description:
                'Connections from outside that the kernel established, and those that a program took. When the second falls behind, the workers of a server do not keep up.',
              queries: [
                { expr: rate(stateChanges, '', ...established), legend: 'established' },
                { expr: rate(accepted, ''), legend: 'accepted' },
              ],
              unit: 'cps',
              noValue: noneOrNoProbe('connection from outside'),
            }),
          ],
        ),
      ],
    },
    {
      title: 'Who waits to be accepted',
      bands: [
        band(
          9,
          [
            8,
            lines({
              title: 'In the queue',
              description:
                'The ten servers with most connections that nobody has accepted yet. Workers that keep up leave next to none.',
              queries: [{ expr: `topk(10, ${byServer(select(queued))} > 0)`, legend: server }],
              unit: 'short',
              style: 'stacked',
              noValue: 'Nobody waits, or the probe accept_queue is not up',
              runbooks: ['server_out_of_workers'],
            }),
          ],
          [
            8,
            lines({
              title: 'Turned away',
              runbooks: ['server_out_of_workers'],
              description:
                'Packets of clients that found the queue full. The client tries again after a second, three, seven.',
              queries: [{ expr: `(${topRate(listenDrops, 'port, command')}) > 0`, legend: server }],
              unit: 'pps',
              style: 'bars',
              noValue: 'Nobody is turned away, or the probe accept_queue is not up',
            }),
          ],
          [
            8,
            lines({
              title: 'Wait to be accepted, p99',
              description:
                'One connection in a hundred waits longer, from the end of the handshake until the server takes it; the ten servers that accepted most.',
              queries: [
                {
                  expr: `(${ofTop(10, `${acceptWait}_count`, 'port, command', quantile(0.99, acceptWait, 'port, command'))}) >= 0`,
                  legend: server,
                },
              ],
              unit: 's',
              noValue: noneOrNoProbe('connection was accepted'),
            }),
          ],
        ),
        band(
          9,
          [
            12,
            table({
              title: 'Servers',
              runbooks: ['server_out_of_workers'],
              description:
                'Who listens on which port: connections that wait now, how many may, sockets without room, and packets turned away in the shown time.',
              labels: { port: 'Port', command: 'Command' },
              columns: [
                { title: 'Waiting', expr: byServer(select(queued)), unit: 'locale', decimals: 0 },
                { title: 'Room for', expr: byServer(select(queueLimit)), unit: 'locale', decimals: 0 },
                {
                  title: 'Full',
                  expr: byServer(select(queuesFull)),
                  unit: 'locale',
                  decimals: 0,
                  steps: [[1, 'red']],
                },
                {
                  title: 'Turned away',
                  expr: increase(listenDrops, 'port, command'),
                  unit: 'locale',
                  decimals: 0,
                  steps: [[1, 'orange']],
                },
              ],
              noValue: noListener,
            }),
          ],
          [
            12,
            heatmap({
              title: 'Wait to be accepted',
              description:
                'Connections per second by how long they waited until a server took them. A band that moves up is a server that gets short of workers.',
              expr: buckets(acceptWait),
              unit: 's',
              noValue: noneOrNoProbe('connection was accepted'),
            }),
          ],
        ),
      ],
    },
    {
      title: 'What the network does',
      bands: [
        band(
          9,
          [
            8,
            lines({
              title: 'Retransmits by state',
              runbooks: ['tcp_trouble'],
              description:
                'In established, data was lost; in syn_sent, the other side does not answer; in new_syn_recv, our answer to a request was lost.',
              queries: [{ expr: rate(retransmits, 'state'), legend: '{{state}}' }],
              unit: 'cps',
              style: 'bars',
              noValue: noneOrNoProbe('segment was sent again'),
            }),
          ],
          [
            8,
            lines({
              title: 'Resets sent by state',
              description:
                'In close, a program dropped the connection with data unread; in none, nothing listens on the port (Linux 6.10 and newer).',
              queries: [{ expr: rate(resetsSent, 'state'), legend: '{{state}}' }],
              unit: 'cps',
              style: 'bars',
              noValue: noneOrNoProbe('reset was sent'),
            }),
          ],
          [
            8,
            lines({
              title: 'Resets received by state',
              runbooks: ['tcp_trouble'],
              description:
                'In syn_sent, our attempt was refused; in established, the other side, or something between, cut a connection off.',
              queries: [{ expr: rate(resetsReceived, 'state'), legend: '{{state}}' }],
              unit: 'cps',
              style: 'bars',
              noValue: noneOrNoProbe('reset was received'),
            }),
          ],
        ),
        band(
          9,
          [
            12,
            lines({
              title: 'Sent again, share',
              description:
                'Segments that were sent before, of all that the ten busiest sent. Up to 2 % is usual on the Internet; at 5 % a connection crawls.',
              queries: [
                {
                  expr: ofTop(10, segmentsAgain, ends, again),
                  legend: '{{command}} {{local_port}} → {{peer_port}}',
                },
              ],
              unit: 'percentunit',
              noValue: noSegments,
              runbooks: ['tcp_trouble'],
            }),
          ],
          [
            12,
            table({
              title: 'Who sends what again',
              description:
                'By process and port on both sides, in the shown time. (short-lived): connections that began and ended between two scrapes.',
              labels: { command: 'Command', local_port: 'Port here', peer_port: 'Port there' },
              columns: [
                { title: 'Sent', expr: increase(segments, ends), unit: 'locale', decimals: 0 },
                {
                  title: 'Of them again',
                  expr: increase(segmentsAgain, ends),
                  unit: 'locale',
                  decimals: 0,
                  steps: [[1, 'orange']],
                },
              ],
              sortBy: 'Of them again',
              noValue: noSegments,
            }),
          ],
        ),
        band(
          9,
          [
            12,
            table({
              title: 'Resets sent',
              description:
                'By state and port on both sides, in the shown time. In none, with a port here: clients knock where nothing listens.',
              labels: { state: 'State', local_port: 'Port here', peer_port: 'Port there' },
              columns: [
                {
                  title: 'Resets',
                  expr: `topk(50, ${increase(resetsSent, 'state, local_port, peer_port')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: noneOrNoProbe('reset was sent'),
            }),
          ],
          [
            12,
            table({
              title: 'Resets received',
              description: 'By state and port on both sides, in the shown time. In syn_sent: nothing listens there.',
              labels: { state: 'State', local_port: 'Port here', peer_port: 'Port there' },
              columns: [
                {
                  title: 'Resets',
                  expr: `topk(50, ${increase(resetsReceived, 'state, local_port, peer_port')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: noneOrNoProbe('reset was received'),
            }),
          ],
        ),
        band(
          9,
          [
            12,
            lines({
              title: 'Changes of state',
              description: 'The ten changes of the state of connections that happened most.',
              queries: [{ expr: topRate(stateChanges, 'from, to'), legend: '{{from}} → {{to}}' }],
              unit: 'cps',
              noValue: noneOrNoProbe('connection changed its state'),
            }),
          ],
          [
            12,
            table({
              title: 'Changes of state in the shown time',
              description:
                'From and to. Many from established to close are connections that were cut off; many from syn_sent to close, attempts in vain.',
              labels: { from: 'From', to: 'To' },
              columns: [
                { title: 'Changes', expr: `${increase(stateChanges, 'from, to')} > 0`, unit: 'locale', decimals: 0 },
              ],
              noValue: noneOrNoProbe('connection changed its state'),
            }),
          ],
        ),
      ],
    },
    {
      title: 'What is thrown away',
      bands: [
        band(
          9,
          [
            8,
            lines({
              title: 'Dropped packets by reason',
              description:
                'The ten reasons for which the kernel dropped most packets. SOCKET_RCVBUFF: a program reads too slowly; NO_SOCKET: nothing listens; NETFILTER_DROP: a firewall; QUEUE_PURGE and SOCKET_CLOSE: sockets closed with data unread, which is no trouble.',
              queries: [{ expr: topRate(drops, 'reason'), legend: '{{reason}}' }],
              unit: 'pps',
              style: 'stacked',
              noValue: noDrops,
            }),
          ],
          [
            8,
            table({
              title: 'Dropped packets by reason and device',
              description:
                'In the shown time. The name of a device is that in its own network namespace; none has not seen one yet.',
              labels: { reason: 'Reason', device: 'Device' },
              columns: [
                {
                  title: 'Dropped',
                  expr: `topk(50, ${increase(drops, 'reason, device')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: noDrops,
              runbooks: ['packets_dropped'],
            }),
          ],
          [
            8,
            lines({
              title: 'Dropped without a reason',
              description:
                'The ten kernel functions that dropped most packets without saying why. On Linux before 5.17 these are all.',
              queries: [{ expr: topRate(unexplained, 'function'), legend: '{{function}}' }],
              unit: 'pps',
              style: 'stacked',
              noValue: noDrops,
            }),
          ],
        ),
      ],
    },
  ],
};
