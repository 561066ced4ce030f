import { happenedBefore, increase } from '../conditions.js';
import { top } from '../notification.js';
import { severity } from '../parameter_kinds.js';
import { type Alert, define, record } from '../rule.js';
import { promql } from '../text.js';

export const diskErrors = define(
  { SantaDiskErrors: { repeated: severity } },
  ({ SantaDiskErrors, identity, ...windows }) => {
    const { rate, events, eventsText } = windows;
    const recorded = `instance_device_operation_errno:santabpf_block_io_errors:increase${events}`;
    const failed = `${recorded}{errno!="EOPNOTSUPP"}`;
    const alert: Pick<Alert, 'alert' | 'scenario' | 'probe' | 'dashboard'> = {
      alert: 'SantaDiskErrors',
      scenario: 'disk_slow_or_failing',
      probe: 'biolatency',
      dashboard: 'files-io',
    };
    const description = (earlier = '') => [
      `{{ $value }} {{ $labels.operation }} request{{ if ne $value 1.0 }}s{{ end }} to {{ $labels.device }} failed with {{ $labels.errno }} within ${eventsText} on {{ $labels.instance }}${earlier}. Top ${identity.nouns} by bytes:`,
      top(
        `instance_${identity.level('operation')}:santabpf_read_write_bytes:rate${rate}{job=%q,instance=%q} > 0`,
        `- ${identity.who('.Labels')}: {{ .Value | humanize1024 }}B/s ({{ .Labels.operation }})`,
      ),
    ];
    return [
      record(
        `instance_${identity.level('operation')}:santabpf_read_write_bytes:rate${rate}`,
        `rate(santabpf_read_write_bytes_total[${rate}])`,
      ),
      record(recorded, identity.acrossPlaces(increase('santabpf_block_io_errors_total', events))),
      {
        ...alert,
        why: 'A failed request is data that is missing or not stored, and makes file systems read-only. Once is a warning: one bad sector, or a path that recovered. EOPNOTSUPP only says what the disk cannot do.',
        expr: `${failed} > 0`,
        summary: 'Disk errors on {{ $labels.device }} of {{ $labels.instance }}',
        description: description(),
      },
      {
        ...alert,
        why: 'The disk goes on failing, or fails again within an hour, with any operation and error. The retries of one request end sooner.',
        severity: SantaDiskErrors.repeated,
        expr: promql`
        ${failed} > 0
          and
        ${happenedBefore(failed, windows, 'device')}
      `,
        summary: 'Repeated disk errors on {{ $labels.device }} of {{ $labels.instance }}',
        description: description(', and others earlier in the past hour'),
      },
    ];
  },
);
