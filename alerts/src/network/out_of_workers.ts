import { phrase, top } from '../notification.js';
import { define, record } from '../rule.js';

export const outOfWorkers = define({ SantaServerOutOfWorkers: {} }, ({ identity, rate }) => [
  record(
    `instance_local_port_${identity.level()}:santabpf_listen_drops:rate${rate}`,
    `rate(santabpf_listen_drops_total[${rate}])`,
  ),
  {
    alert: 'SantaServerOutOfWorkers',
    why: 'Full for a minute is not a burst: the program does not accept, or accepts fewer than arrive.',
    expr: `santabpf_listen_queue_connections and on (job, instance, local_port, ${identity.list}) (santabpf_listen_queues_full > 0)`,
    scenario: 'server_out_of_workers',
    probe: 'accept_queue',
    dashboard: 'network',
    summary: `${identity.who('$labels')} on port {{ $labels.local_port }} of {{ $labels.instance }} is out of workers`,
    description: [
      `{{ $value }} connections wait for ${identity.who('$labels')} to accept them on port {{ $labels.local_port }} of {{ $labels.instance }}, and the queue is full: new clients are dropped`,
      `${phrase(`instance_local_port_${identity.level()}:santabpf_listen_drops:rate${rate}{job=%q,instance=%q,local_port=%q,${identity.same}} > 0`, ', {{ printf "%.1f" .Value }} packets a second')}. Longest accept queues on this host:`,
      top(
        'santabpf_listen_queue_connections{job=%q,instance=%q} > 0',
        `- ${identity.who('.Labels')}, port {{ .Labels.local_port }}: {{ .Value }} connections`,
      ),
    ],
  },
]);
