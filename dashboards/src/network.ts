import type { Dashboard } from './dashboard.js';
import { band } from './grid.js';
import { lines, stat, table } from './panels/index.js';
import { increase, orZero, rate, topRate } from './query.js';

const opened = 'santabpf_tcp_connections_opened_total';
const accepted = 'santabpf_tcp_connections_accepted_total';
const failures = 'santabpf_tcp_connect_failures_total';
const retransmits = 'santabpf_tcp_retransmits_total';
const resetsSent = 'santabpf_tcp_resets_sent_total';
const resetsReceived = 'santabpf_tcp_resets_received_total';
const stateChanges = 'santabpf_tcp_state_changes_total';

const established = ['from="syn_recv"', 'to="established"'];
const noProbe = 'The probe tcp is not up';
const noneOrNoProbe = (what: string) => `No ${what}, or the probe tcp is not up`;

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
              description: 'Commands and errors in the shown time.',
              labels: { command: 'Command', errno: 'Error' },
              columns: [
                {
                  title: 'Failed',
                  expr: `topk(50, ${increase(failures, 'command, errno')} > 0)`,
                  unit: 'short',
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
      title: 'What the network does',
      bands: [
        band(
          9,
          [
            8,
            lines({
              title: 'Retransmits by state',
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
                { title: 'Changes', expr: `${increase(stateChanges, 'from, to')} > 0`, unit: 'short', decimals: 0 },
              ],
              noValue: noneOrNoProbe('connection changed its state'),
            }),
          ],
        ),
      ],
    },
  ],
};
