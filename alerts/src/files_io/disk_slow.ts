import { hysteresis } from '../conditions.js';
import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const diskSlow = define(
  { SantaDiskSlow: { on: amount, off: amount, requests: amount } },
  ({ rate, SantaDiskSlow }) => [
    record(
      `instance_device_operation:santabpf_block_io_duration:p99_${rate}`,
      `histogram_quantile(0.99, rate(santabpf_block_io_duration_seconds_bucket{operation=~"read|write"}[${rate}]))`,
    ),
    {
      alert: 'SantaDiskSlow',
      why: 'A rotating disk seeks in about 10 ms (7,200 rpm: half a turn takes 4 ms, the arm 9 ms), so 0.125 s is a queue of ten; for solid-state disks it is far too long. Below one request per second nobody waits. Both levels are bounds of the histogram.',
      expr: promql`
          (
            ${hysteresis('SantaDiskSlow', `instance_device_operation:santabpf_block_io_duration:p99_${rate}`, '>', SantaDiskSlow, 'device', 'operation')}
          )
            and
          rate(santabpf_block_io_duration_seconds_count[${rate}]) > ${SantaDiskSlow.requests}
        `,
      scenario: 'disk_slow_or_failing',
      probe: 'biolatency',
      dashboard: 'files-io',
      summary: 'Disk {{ $labels.device }} of {{ $labels.instance }} is slow',
      description: [
        'The p99 latency of {{ $labels.operation }} requests to {{ $labels.device }} of {{ $labels.instance }} is {{ $value | humanizeDuration }}. Top commands by bytes:',
        top(
          `instance_command_operation:santabpf_read_write_bytes:rate${rate}{job=%q,instance=%q} > 0`,
          '- {{ .Labels.command }}: {{ .Value | humanize1024 }}B/s ({{ .Labels.operation }})',
        ),
      ],
    },
  ],
);
