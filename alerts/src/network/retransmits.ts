import { hysteresis } from '../conditions.js';
import { top } from '../notification.js';
import { amount, share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const retransmits = define(
  { SantaTcpRetransmits: { on: share, off: share, segments: amount } },
  ({ identity, rate, SantaTcpRetransmits }) => [
    record(
      `instance_connections:santabpf_tcp_segments_retransmitted:rate${rate}`,
      `rate(santabpf_tcp_segments_retransmitted_total[${rate}])`,
    ),
    record(
      `instance_connections:santabpf_tcp_segments_retransmitted:ratio${rate}`,
      `clamp_max(instance_connections:santabpf_tcp_segments_retransmitted:rate${rate} / (rate(santabpf_tcp_segments_sent_total[${rate}]) > 0), 1)`,
      'A retransmitted SYN-ACK counts for the connection it leads to, so the ratio can exceed 1.',
    ),
    {
      alert: 'SantaTcpRetransmits',
      why: 'TCP carries at most MSS / RTT * 1.22 / sqrt(loss) (Mathis et al., 1997): 80 kB/s at 5 % loss and 100 ms, on any line. Off at 2 %. Below one segment per second nobody waits.',
      expr: promql`
          (
            ${hysteresis('SantaTcpRetransmits', `instance_connections:santabpf_tcp_segments_retransmitted:ratio${rate}`, '>', SantaTcpRetransmits, ...identity.labels, 'local_port', 'peer_port')}
          )
            and
          instance_connections:santabpf_tcp_segments_retransmitted:rate${rate} > ${SantaTcpRetransmits.segments}
        `,
      scenario: 'tcp_trouble',
      probe: 'tcp_segments',
      dashboard: 'network',
      summary: `${identity.who('$labels')} on {{ $labels.instance }} retransmits TCP segments`,
      description: [
        `${identity.who('$labels')} retransmits {{ $value | humanizePercentage }} of its TCP segments on {{ $labels.instance }} (local port {{ $labels.local_port }}, peer port {{ $labels.peer_port }}). Top retransmits on this host:`,
        top(
          `instance_connections:santabpf_tcp_segments_retransmitted:rate${rate}{job=%q,instance=%q} > 0`,
          `- ${identity.who('.Labels')}, local port {{ .Labels.local_port }}, peer port {{ .Labels.peer_port }}: {{ printf "%.1f" .Value }}/s`,
        ),
        'Retransmits by connection state:',
        top(
          `sum by (state) (rate(santabpf_tcp_retransmits_total{job=%q,instance=%q}[${rate}])) > 0`,
          '- {{ .Labels.state }}: {{ printf "%.1f" .Value }}/s',
        ),
      ],
    },
  ],
);
