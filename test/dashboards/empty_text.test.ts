import { expect, test } from 'vitest';
import { emptyText } from '../../dashboards/src/panels/empty_text.js';
import { increase, orZero, quantile, rate, select } from '../../dashboards/src/query.js';

test('a query that is 0 without events is empty only without its probe', () => {
  expect(emptyText([orZero('oom_kills', increase('santabpf_oom_kills_total', ''))])).toBe(
    'Probe oom_kills is not running',
  );
});

test('a panel may be empty for another reason than its probe', () => {
  const query = quantile(0.99, 'santabpf_block_io_duration_seconds');
  expect(emptyText([query], 'The disks are off')).toBe('The disks are off, or probe biolatency is not running');
});

test('all probes of all queries are named', () => {
  const queries = [rate('santabpf_file_read_bytes_total', ''), rate('santabpf_disk_read_bytes_total', '')];
  expect(emptyText(queries)).toBe('Probe page_cache or reads_writes is not running');
});

test('a probe that the default configuration leaves out is marked', () => {
  expect(emptyText([rate('santabpf_syscall_duration_seconds_sum', 'syscall')])).toBe(
    'Probe syscall_latency is not running (off by default)',
  );
});

test('without a probe the data comes from the exporter or the alert rules', () => {
  expect(emptyText([select('santabpf_probe_state')])).toBe('No exporter was scraped');
  expect(emptyText(['count(ALERTS{instance=~"$instance"})'])).toBe('The alert rules are not loaded');
});
