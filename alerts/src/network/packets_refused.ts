import { usual } from '../conditions.js';
import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define } from '../rule.js';
import { promql } from '../text.js';

export const packetsRefused = define(
  { SantaPacketsRefused: { on: amount, times: amount } },
  ({ rate, events, SantaPacketsRefused }) => [
    {
      alert: 'SantaPacketsRefused',
      why: 'Firewalls drop packets and scanners probe closed ports all the time, so only an outbreak is reported: 100 per second, and ten times the usual rate.',
      expr: promql`
          (
            instance_reason_device:santabpf_packet_drops:rate${rate} > ${SantaPacketsRefused.on}
              unless
            instance_reason_device:santabpf_packet_drops_overrun:rate${rate}
          )
            and
          (
            instance_reason_device:santabpf_packet_drops:rate${rate} > ${SantaPacketsRefused.times} * ${usual(`instance_reason_device:santabpf_packet_drops:rate${rate}`, events)}
              or
            instance_reason_device:santabpf_packet_drops:rate${rate} unless ${usual(`instance_reason_device:santabpf_packet_drops:rate${rate}`, events)} and on (job, instance) (up offset 1h == 1)
          )
        `,
      scenario: 'packets_dropped',
      probe: 'packet_drops',
      dashboard: 'network',
      summary: 'Many packets dropped on {{ $labels.device }} of {{ $labels.instance }}: {{ $labels.reason }}',
      description: [
        '{{ $labels.instance }} drops {{ printf "%.0f" $value }} packets a second on device {{ $labels.device }} (reason {{ $labels.reason }}), more than ten times the usual rate of the past hour. Top drops on this host:',
        top(
          `instance_reason_device:santabpf_packet_drops:rate${rate}{job=%q,instance=%q} > 0`,
          '- {{ .Labels.reason }}, {{ .Labels.device }}: {{ printf "%.1f" .Value }}/s',
        ),
      ],
    },
  ],
);
