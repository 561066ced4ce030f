import { whileFiring } from '../conditions.js';
import { phrase, top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';
import { recordUsual, unusual } from '../usual.js';

export const diskSlow = define(
  { SantaDiskSlow: { on: amount, off: amount, writes: amount, requests: amount, times: amount } },
  ({ identity, rate, SantaDiskSlow: { on, off, writes, requests, times } }) => [
    record(
      `instance_device_operation:santabpf_block_io_duration:p99_${rate}`,
      `histogram_quantile(0.99, ${identity.acrossPlaces(`rate(santabpf_block_io_duration_seconds_bucket{operation=~"read|write"}[${rate}])`)})`,
    ),
    recordUsual(
      'instance_device_operation:santabpf_block_io_duration:usual_p99',
      `instance_device_operation:santabpf_block_io_duration:p99_${rate}`,
      'p99 latency of a disk, in seconds',
    ),
    {
      alert: 'SantaDiskSlow',
      why: 'A rotating disk seeks in about 10 ms (7,200 rpm: half a turn takes 4 ms, the arm 9 ms), so 0.125 s is a queue of ten; for solid-state disks it is far too long. A program waits for every read. Writes wait in the page cache, and a checkpoint queues hundreds of them (measured: a p99 of 0.2 s every two minutes), so theirs must take a second. Fifteen minutes exclude a checkpoint, a log rotation or a cache that warms up, and the past excludes a backup that is slow every night. Below one request per second nobody waits. The levels are bounds of the histogram. The price: commits that take half a second, and a disk that was slow before it was monitored.',
      expr: promql`
          (
            (
              ${unusual(`instance_device_operation:santabpf_block_io_duration:p99_${rate}{operation="read"}`, 'instance_device_operation:santabpf_block_io_duration:usual_p99', times)} > ${on}
                or
              ${unusual(`instance_device_operation:santabpf_block_io_duration:p99_${rate}{operation="write"}`, 'instance_device_operation:santabpf_block_io_duration:usual_p99', times)} > ${writes}
            )
              or
            ${whileFiring('SantaDiskSlow', `instance_device_operation:santabpf_block_io_duration:p99_${rate}`, '>', { on, off }, 'device', 'operation')}
          )
            and
          ${identity.acrossPlaces(`rate(santabpf_block_io_duration_seconds_count[${rate}])`)} > ${requests}
        `,
      scenario: 'disk_slow_or_failing',
      probe: 'biolatency',
      dashboard: 'files-io',
      summary: 'Disk {{ $labels.device }} of {{ $labels.instance }} is slow',
      description: [
        'The p99 latency of {{ $labels.operation }} requests to {{ $labels.device }} of {{ $labels.instance }} is {{ $value | humanizeDuration }}',
        `${phrase('instance_device_operation:santabpf_block_io_duration:usual_p99{job=%q,instance=%q,device=%q,operation=%q}', ' (usual: {{ .Value | humanizeDuration }})')}. Top ${identity.nouns} by bytes:`,
        top(
          `instance_${identity.level('operation')}:santabpf_read_write_bytes:rate${rate}{job=%q,instance=%q} > 0`,
          `- ${identity.who('.Labels')}: {{ .Value | humanize1024 }}B/s ({{ .Labels.operation }})`,
        ),
      ],
    },
  ],
);
