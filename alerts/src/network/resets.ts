import { usual } from '../conditions.js';
import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const resets = define(
  { SantaTcpResets: { on: amount, times: amount } },
  ({ identity, rate, events, SantaTcpResets }) => [
    record(
      `instance:santabpf_tcp_resets:rate${rate}`,
      promql`
          sum without (${identity.withPlaces('direction', 'state', 'local_port', 'peer_port')}) (
            label_replace(rate(santabpf_tcp_resets_sent_total[${rate}]), "direction", "out", "", "")
              or
            label_replace(rate(santabpf_tcp_resets_received_total[${rate}]), "direction", "in", "", "")
          )
        `,
    ),
    record(
      `instance_${identity.level()}:santabpf_tcp_connections:rate${rate}`,
      promql`
          sum without (direction, peer_port) (
            label_replace(rate(santabpf_tcp_connections_opened_total[${rate}]), "direction", "out", "", "")
              or
            label_replace(rate(santabpf_tcp_connections_accepted_total[${rate}]), "direction", "in", "", "")
          )
        `,
    ),
    {
      alert: 'SantaTcpResets',
      why: "50 per second is the level of Netdata's 10s_ip_tcp_resets_sent (health.d/tcp_resets.conf). A monitored host without resets in the past hour had zero.",
      expr: promql`
          instance:santabpf_tcp_resets:rate${rate} > ${SantaTcpResets.on}
            and
          (
            instance:santabpf_tcp_resets:rate${rate} > ${SantaTcpResets.times} * ${usual(`instance:santabpf_tcp_resets:rate${rate}`, events)}
              or
            instance:santabpf_tcp_resets:rate${rate} unless ${usual(`instance:santabpf_tcp_resets:rate${rate}`, events)} and on (job, instance) (up offset 1h == 1)
          )
        `,
      scenario: 'tcp_trouble',
      probe: 'tcp',
      dashboard: 'network',
      summary: 'Many TCP resets on {{ $labels.instance }}',
      description: [
        '{{ $labels.instance }} sends or receives {{ $value | printf "%.0f" }} TCP resets a second, more than three times the usual rate of the past hour. By state and ports:',
        top(
          `label_replace(rate(santabpf_tcp_resets_sent_total{job=%q,instance=%q}[${rate}]), "what", "sent", "", "") > 0 or label_replace(rate(santabpf_tcp_resets_received_total{job=%q,instance=%q}[${rate}]), "what", "received", "", "") > 0`,
          '- {{ .Labels.what }}, {{ .Labels.state }}, local port {{ .Labels.local_port }}, peer port {{ .Labels.peer_port }}: {{ printf "%.0f" .Value }}/s',
        ),
        `Top ${identity.nouns} by connections opened and accepted:`,
        top(
          `instance_${identity.level()}:santabpf_tcp_connections:rate${rate}{job=%q,instance=%q} > 0`,
          `- ${identity.who('.Labels')}: {{ printf "%.1f" .Value }}/s`,
        ),
      ],
    },
  ],
);
