import { band, type Section } from '../grid.js';
import { column, type Lines, lines, type Table, table } from '../panels/index.js';
import { increase, rate, topRate } from '../query.js';
import { unit } from '../units.js';

export const resetsSent = 'santabpf_tcp_resets_sent_total';
export const resetsReceived = 'santabpf_tcp_resets_received_total';
export const stateChanges = 'santabpf_tcp_state_changes_total';

const noChanges = 'No TCP state changes';

interface Direction {
  readonly metric: string;
  readonly word: 'sent' | 'received';
}

const sent: Direction = { metric: resetsSent, word: 'sent' };
const received: Direction = { metric: resetsReceived, word: 'received' };

function resetsByState({ metric, word }: Direction, description: string): Lines {
  return {
    title: `Resets ${word} by state`,
    description,
    queries: [{ expr: rate(metric, 'state'), legend: '{{state}}' }],
    unit: unit.perSecond,
    style: 'bars',
    nothing: `No resets ${word}`,
  };
}

function resetsByPort({ metric, word }: Direction, hint: string): Table {
  return {
    title: `Resets ${word} by port`,
    description: `In the time range, by state of the connection and ports. ${hint}`,
    labels: ['state', 'local_port', 'peer_port'],
    columns: [column.count('Resets', `topk(50, ${increase(metric, 'state, local_port, peer_port')} > 0)`)],
    nothing: `No resets ${word}`,
  };
}

export const resets: Section = {
  title: 'Resets and state changes',
  collapsed: true,
  bands: [
    band(
      9,
      [
        12,
        lines(
          resetsByState(
            sent,
            'State close: a program closed the connection with data unread; none: nothing listens on the port (Linux 6.10 and newer).',
          ),
        ),
      ],
      [
        12,
        lines({
          ...resetsByState(
            received,
            'State syn_sent: our attempt was refused; established: the other side, or a device on the path, cut a connection off.',
          ),
          runbooks: ['tcp_trouble'],
        }),
      ],
    ),
    band(
      9,
      [12, table(resetsByPort(sent, 'State none with a local port: clients try a port on which nothing listens.'))],
      [12, table(resetsByPort(received, 'State syn_sent: nothing listens on the remote port.'))],
    ),
    band(
      9,
      [
        12,
        lines({
          title: 'TCP state changes by transition',
          description: 'The ten most frequent changes of the state of a connection.',
          queries: [{ expr: topRate(stateChanges, 'from, to'), legend: '{{from}} → {{to}}' }],
          unit: unit.perSecond,
          nothing: noChanges,
        }),
      ],
      [
        12,
        table({
          title: 'TCP state changes',
          description:
            'In the time range. Many from established to close: connections were cut off. Many from syn_sent to close: attempts failed.',
          labels: ['from', 'to'],
          columns: [column.count('Changes', `${increase(stateChanges, 'from, to')} > 0`)],
          nothing: noChanges,
        }),
      ],
    ),
  ],
};
