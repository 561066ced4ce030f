import { phrase, top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define } from '../rule.js';

export const listenOverflows = define(
  { SantaListenQueueOverflows: { on: amount } },
  ({ identity, rate, SantaListenQueueOverflows }) => [
    {
      alert: 'SantaListenQueueOverflows',
      why: 'The queue overflows in bursts between scrapes. Six drops per minute: each costs its client a second, the first retransmission timeout (RFC 6298).',
      expr: `instance_local_port_${identity.level()}:santabpf_listen_drops:rate${rate} > ${SantaListenQueueOverflows.on}`,
      scenario: 'server_out_of_workers',
      probe: 'accept_queue',
      dashboard: 'network',
      summary: `Accept queue of ${identity.who('$labels')} on port {{ $labels.local_port }} of {{ $labels.instance }} overflows`,
      description: [
        `The accept queue of ${identity.who('$labels')} on port {{ $labels.local_port }} of {{ $labels.instance }} drops {{ printf "%.1f" $value }} packets of new clients a second`,
        `${phrase(`santabpf_listen_queue_limit{job=%q,instance=%q,local_port=%q,${identity.same}}`, ' (limit: {{ .Value }} connections)')}. Drops on this host:`,
        top(
          `instance_local_port_${identity.level()}:santabpf_listen_drops:rate${rate}{job=%q,instance=%q} > 0`,
          `- ${identity.who('.Labels')}, port {{ .Labels.local_port }}: {{ printf "%.1f" .Value }}/s`,
        ),
      ],
    },
  ],
);
