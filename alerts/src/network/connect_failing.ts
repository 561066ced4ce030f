import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const connectFailing = define(
  { SantaTcpConnectFailing: { on: amount } },
  ({ identity, rate, SantaTcpConnectFailing }) => [
    record(
      `instance_${identity.level('port', 'errno')}:santabpf_tcp_connect_failures:rate${rate}`,
      `rate(santabpf_tcp_connect_failures_total{errno!="ECANCELED"}[${rate}])`,
      'ECANCELED: programs that race IPv6 against IPv4 and drop the slower connection.',
    ),
    record(
      `instance_${identity.level('port')}:santabpf_tcp_connect_failures:rate${rate}`,
      `sum without (errno) (instance_${identity.level('port', 'errno')}:santabpf_tcp_connect_failures:rate${rate})`,
    ),
    {
      alert: 'SantaTcpConnectFailing',
      why: 'More than one failure per second, and more failures than successes. Programs that pause between attempts (usually a second at first) stay below.',
      expr: promql`
          instance_${identity.level('port')}:santabpf_tcp_connect_failures:rate${rate} > ${SantaTcpConnectFailing.on}
            unless
          rate(santabpf_tcp_connections_opened_total[${rate}]) > instance_${identity.level('port')}:santabpf_tcp_connect_failures:rate${rate}
        `,
      scenario: 'tcp_trouble',
      probe: 'tcp',
      dashboard: 'network',
      summary: `${identity.who('$labels')} on {{ $labels.instance }} cannot connect to port {{ $labels.peer_port }}`,
      description: [
        `{{ printf "%.1f" $value }} connection attempts a second by ${identity.who('$labels')} to port {{ $labels.peer_port }} fail on {{ $labels.instance }}, more than succeed. Errors:`,
        top(
          `100 * instance_${identity.level('port', 'errno')}:santabpf_tcp_connect_failures:rate${rate}{job=%q,instance=%q,${identity.same},peer_port=%q} / on (job, instance, ${identity.list}, peer_port) group_left () instance_${identity.level('port')}:santabpf_tcp_connect_failures:rate${rate} >= 1`,
          '- {{ .Labels.errno }}: {{ printf "%.0f%%" .Value }}',
        ),
        `Failing ${identity.nouns} on this host:`,
        top(
          `instance_${identity.level('port')}:santabpf_tcp_connect_failures:rate${rate}{job=%q,instance=%q} > 0`,
          `- ${identity.who('.Labels')}, port {{ .Labels.peer_port }}: {{ printf "%.1f" .Value }}/s`,
        ),
      ],
    },
  ],
);
