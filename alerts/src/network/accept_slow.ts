import { hysteresis } from '../conditions.js';
import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const acceptSlow = define(
  { SantaAcceptSlow: { on: amount, off: amount, connections: amount } },
  ({ identity, rate, SantaAcceptSlow }) => [
    record(
      `instance_local_port_${identity.level()}:santabpf_tcp_accept_wait:p99_${rate}`,
      `histogram_quantile(0.99, rate(santabpf_tcp_accept_wait_seconds_bucket[${rate}]))`,
    ),
    {
      alert: 'SantaAcceptSlow',
      why: 'A user loses the train of thought after one second (Nielsen, Response Times: The 3 Important Limits), and the request has not even started. Both levels are bounds of the histogram. Fewer than six connections per minute have no meaningful p99.',
      expr: promql`
          (
            ${hysteresis('SantaAcceptSlow', `instance_local_port_${identity.level()}:santabpf_tcp_accept_wait:p99_${rate}`, '>', SantaAcceptSlow, 'local_port', ...identity.labels)}
          )
            and
          rate(santabpf_tcp_accept_wait_seconds_count[${rate}]) > ${SantaAcceptSlow.connections}
        `,
      scenario: 'server_out_of_workers',
      probe: 'tcp',
      dashboard: 'network',
      summary: `${identity.who('$labels')} on port {{ $labels.local_port }} of {{ $labels.instance }} accepts connections slowly`,
      description: [
        `The p99 wait until ${identity.who('$labels')} accepts a connection on port {{ $labels.local_port }} of {{ $labels.instance }} is {{ $value | humanizeDuration }}. Slowest on this host:`,
        top(
          `instance_local_port_${identity.level()}:santabpf_tcp_accept_wait:p99_${rate}{job=%q,instance=%q} > 0.1`,
          `- ${identity.who('.Labels')}, port {{ .Labels.local_port }}: {{ .Value | humanizeDuration }}`,
        ),
      ],
    },
  ],
);
