import { hysteresis } from '../conditions.js';
import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const packetsDropped = define(
  { SantaPacketsDropped: { on: amount, off: amount } },
  ({ identity, rate, SantaPacketsDropped }) => [
    record(
      `instance_reason_device:santabpf_packet_drops:rate${rate}`,
      identity.acrossPlaces(
        `rate(santabpf_packet_drops_total{reason!~"QUEUE_PURGE|SOCKET_CLOSE|TCP_CLOSE|TCP_RESET|TCP_OLD_.+|OTHERHOST|UNIX_.+"}[${rate}])`,
      ),
      'Excludes drops of a healthy network: sockets closed with unread data, duplicate segments, packets for other hosts.',
    ),
    record(
      `instance_reason_device:santabpf_packet_drops_overrun:rate${rate}`,
      promql`
          instance_reason_device:santabpf_packet_drops:rate${rate}{reason=~"SOCKET_RCVBUFF|SOCKET_BACKLOG|PROTO_MEM|TCP_OFO_QUEUE_PRUNE|CPU_BACKLOG|FULL_RING|NOMEM|QDISC_DROP|QDISC_OVERLIMIT|FQ_.+|NEIGH_QUEUEFULL"}
            or
          sum without (${identity.withPlaces('function')}) (
            label_replace(label_replace(
              rate(santabpf_packet_drops_unexplained_total{function=~"udp_queue_rcv_one_skb|udpv6_queue_rcv_one_skb|tcp_add_backlog|enqueue_to_backlog"}[${rate}]),
              "reason", "$1", "function", "(.+)"), "device", "any", "", "")
          )
        `,
      'A queue was full: a program, a CPU or a device was too slow. Before Linux 5.17 there are no reasons, only functions.',
    ),
    {
      alert: 'SantaPacketsDropped',
      why: "10 per second over a minute is the level of Netdata's 1m_ipv4_udp_receive_buffer_errors (health.d/udp_errors.conf). Off at 1.",
      expr: hysteresis(
        'SantaPacketsDropped',
        `instance_reason_device:santabpf_packet_drops_overrun:rate${rate}`,
        '>',
        SantaPacketsDropped,
        'reason',
        'device',
      ),
      scenario: 'packets_dropped',
      probe: 'packet_drops',
      dashboard: 'network',
      summary: 'Packets dropped on {{ $labels.device }} of {{ $labels.instance }}: {{ $labels.reason }}',
      description: [
        '{{ $labels.instance }} drops {{ printf "%.0f" $value }} packets a second on device {{ $labels.device }} (reason {{ $labels.reason }}):',
        '{{- if match "^(SOCKET_.*|PROTO_MEM|TCP_OFO_.*|udp.*|tcp.*)$" $labels.reason }} a program does not read fast enough.',
        '{{- else if match "^(QDISC_.*|FQ_.*|NEIGH_.*)$" $labels.reason }} more is sent than the device can take.',
        '{{- else }} the kernel cannot keep up with what the device receives.{{ end }} Top drops on this host:',
        top(
          `instance_reason_device:santabpf_packet_drops:rate${rate}{job=%q,instance=%q} > 0`,
          '- {{ .Labels.reason }}, {{ .Labels.device }}: {{ printf "%.1f" .Value }}/s',
        ),
      ],
    },
  ],
);
