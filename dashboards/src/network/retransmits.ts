import { band, type Section } from '../grid.js';
import { column, lines, type Stat, table } from '../panels/index.js';
import { increase, ofTop, orZero, rate, who } from '../query.js';
import { unit } from '../units.js';

export const retransmitted = 'santabpf_tcp_retransmits_total';
const sent = 'santabpf_tcp_segments_sent_total';
const sentAgain = 'santabpf_tcp_segments_retransmitted_total';

const ends = `${who}, local_port, peer_port`;
const noSegments = 'No TCP connections';

export const retransmittedShare: Stat = {
  title: 'Retransmitted segments',
  description: 'Share of the TCP segments sent that were retransmissions. Up to 2 % is usual on the Internet.',
  expr: orZero('tcp_segments', `clamp_max(${rate(sentAgain, '')} / ${rate(sent, '')}, 1)`),
  unit: unit.share,
  steps: [[0.05, 'orange']],
};

export const retransmits: Section = {
  title: 'Retransmissions',
  collapsed: true,
  bands: [
    band(
      9,
      [
        12,
        lines({
          title: 'Retransmits by state',
          description:
            'State established: data was lost; syn_sent: the other side does not answer; new_syn_recv: the answer to a connection request was lost.',
          queries: [{ expr: rate(retransmitted, 'state'), legend: '{{state}}' }],
          unit: unit.perSecond,
          style: 'bars',
          nothing: 'No retransmits',
          runbooks: ['tcp_trouble'],
        }),
      ],
      [
        12,
        lines({
          title: `Retransmitted segments by ${who} and port`,
          description:
            'Share of the segments sent that were retransmissions; the ten with the most retransmissions. Up to 2 % is usual on the Internet; at 5 % a connection crawls.',
          queries: [
            {
              expr: ofTop(10, sentAgain, ends, `clamp_max(${rate(sentAgain, ends)} / (${rate(sent, ends)} > 0), 1)`),
              legend: '{{identity}} {{local_port}} → {{peer_port}}',
            },
          ],
          unit: unit.share,
          longNames: true,
          nothing: noSegments,
          runbooks: ['tcp_trouble'],
        }),
      ],
    ),
    band(8, [
      24,
      table({
        title: 'Segments sent and retransmitted',
        description: `In the time range, by ${who} and ports. (short-lived): connections that began and ended between two scrapes.`,
        labels: ['identity', 'local_port', 'peer_port'],
        columns: [
          column.count('Sent', increase(sent, ends)),
          column.count('Retransmitted', increase(sentAgain, ends), [[1, 'orange']]),
        ],
        sortBy: 'Retransmitted',
        nothing: noSegments,
      }),
    ]),
  ],
};
