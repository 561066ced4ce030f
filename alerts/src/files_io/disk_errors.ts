import { increase } from '../conditions.js';
import { top } from '../notification.js';
import { define, record } from '../rule.js';

export const diskErrors = define({ SantaDiskErrors: {} }, ({ rate, events, eventsText }) => [
  record(
    `instance_command_operation:santabpf_read_write_bytes:rate${rate}`,
    `rate(santabpf_read_write_bytes_total[${rate}])`,
  ),
  record(
    `instance_device_operation_errno:santabpf_block_io_errors:increase${events}`,
    increase('santabpf_block_io_errors_total', events),
  ),
  {
    alert: 'SantaDiskErrors',
    why: 'A failed request is data that is missing or not stored, and makes file systems read-only. EOPNOTSUPP only says what the disk cannot do.',
    expr: `instance_device_operation_errno:santabpf_block_io_errors:increase${events}{errno!="EOPNOTSUPP"} > 0`,
    scenario: 'disk_slow_or_failing',
    probe: 'biolatency',
    dashboard: 'files-io',
    summary: 'Disk errors on {{ $labels.device }} of {{ $labels.instance }}',
    description: [
      `{{ $value }} {{ $labels.operation }} requests to {{ $labels.device }} failed with {{ $labels.errno }} within ${eventsText} on {{ $labels.instance }}. Top commands by bytes:`,
      top(
        `instance_command_operation:santabpf_read_write_bytes:rate${rate}{job=%q,instance=%q} > 0`,
        '- {{ .Labels.command }}: {{ .Value | humanize1024 }}B/s ({{ .Labels.operation }})',
      ),
    ],
  },
]);
